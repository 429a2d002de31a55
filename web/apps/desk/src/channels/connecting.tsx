import alert from "lucide:circle-alert";
import circleCheck from "lucide:circle-check";
import { useSignal } from "@preact/signals";
import { Banner, Button, showToast } from "@stoa/ui";
import { useEffect } from "preact/hooks";
import {
  beginSignIn,
  finishSignIn,
  forgetSignIn,
  type Inbox,
  type SignedIn,
} from "../api/channels.ts";
import { useAct } from "../app/act.ts";
import { wordsFor } from "../app/form.ts";
import { go } from "../app/router.ts";
import { formats, t } from "../app/texts.ts";
import { problemText } from "./words.ts";

const RETURN_PATH = "/desk/channels/sign-in";

/** What a provider added to the address it sent back to, taken out of the address. */
function takeAnswer() {
  if (location.pathname !== RETURN_PATH) return null;
  const query = new URLSearchParams(location.search);
  // The code works once, and has no business in the history.
  go({ page: "channels" }, { replace: true });
  const read = (name: string) => query.get(name) ?? "";
  return {
    state: read("state") || "-",
    code: read("code"),
    error: read("error"),
    error_description: read("error_description"),
  };
}

/** Who comes back from a provider's sign-in reads here what became of it. */
export function Returned({ reload }: { reload: () => Promise<void> }) {
  const isBusy = useSignal(false);
  const found = useSignal<SignedIn | null>(null);
  const refused = useSignal("");
  useEffect(() => {
    const answer = takeAnswer();
    if (!answer) return;
    isBusy.value = true;
    void finishSignIn(answer)
      .then(
        (said) => (found.value = said),
        (error) => (refused.value = wordsFor(error)),
      )
      .then(() => (isBusy.value = false))
      .then(reload);
  }, []);
  if (isBusy.value) return <Banner>{t("channels.finishing")}</Banner>;
  if (refused.value)
    return (
      <Banner tone="bad" icon={alert}>
        {refused.value}
      </Banner>
    );
  const said = found.value;
  if (!said) return null;
  if (!said.problem)
    return (
      <Banner tone="good" icon={circleCheck}>
        {t("channels.signedIn", { name: said.name })}
      </Banner>
    );
  const { reason, params, text } = said.problem;
  return (
    <Banner tone="bad" icon={alert}>
      {t("channels.notSignedIn", { name: said.name })} {problemText(reason, params)}
      {text && ` (${text})`}
    </Banner>
  );
}

/** Whose account an inbox is connected to, in words; nothing where a password suffices. */
export function connectionText({ connection }: Inbox): string {
  if (!connection?.since) return "";
  const at = formats().dateTime(connection.since);
  if (connection.state === "ended") return t("channels.connectionEnded", { at });
  return connection.owner
    ? t("channels.connectedAs", { owner: connection.owner, at })
    : t("channels.connectedSince", { provider: connection.provider, at });
}

/** Leads to the provider, where the person signs in and is sent back. */
export function signInAt(inbox: Inbox): Promise<void> {
  return beginSignIn(inbox.id).then(({ url }) => location.assign(url));
}

/** It is disconnected; what the provider has not confirmed is said. */
export async function disconnect(inbox: Inbox): Promise<void> {
  const { problem } = await forgetSignIn(inbox.id);
  if (!problem) return;
  const words = problemText(problem.reason, problem.params);
  showToast({ text: problem.text ? `${words} (${problem.text})` : words, tone: "bad" });
}

/** The button of an inbox that is not connected, or not any more. */
export function SignInButton({ inbox }: { inbox: Inbox }) {
  const act = useAct();
  const { connection } = inbox;
  if (!connection || connection.state === "connected") return null;
  return (
    <Button
      small
      look="primary"
      busy={act.isBusy}
      onClick={() => void act.run(() => signInAt(inbox))}
    >
      {connection.state === "ended"
        ? t("channels.signInAgain")
        : t("channels.signIn", { provider: connection.provider })}
    </Button>
  );
}
