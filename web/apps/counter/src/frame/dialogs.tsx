import { useSignal } from "@preact/signals";
import { LANGUAGE_NAMES } from "@stoa/i18n";
import { Button, Dialog, TextField } from "@stoa/ui";
import { boot } from "./boot.ts";
import { askTranscript, conversation, end, setContact } from "./chat.ts";
import { tell } from "./host.ts";
import { keep } from "./kept.ts";
import { fieldErrors, isAddress, sentence } from "./problem.ts";
import { speak, t, tag } from "./texts.ts";
import { dialog, notice } from "./view.ts";

function close() {
  dialog.value = null;
}

interface AddressProps {
  title: string;
  intro: string;
  submit: string;
  done: (email: string) => string;
  run: (email: string) => Promise<void>;
}

/** A dialog that asks for one address and does one thing with it. */
function AddressDialog({ title, intro, submit, done, run }: AddressProps) {
  const email = useSignal(conversation.value?.contact_email ?? "");
  const error = useSignal("");
  const isBusy = useSignal(false);
  async function onSubmit(event: Event) {
    event.preventDefault();
    const address = email.value.trim();
    error.value = isAddress(address) ? "" : t("leave.errorEmail");
    if (error.value) return;
    isBusy.value = true;
    try {
      await run(address);
      notice.value = done(address);
      close();
    } catch (problem) {
      error.value = fieldErrors(problem).email ?? sentence(problem);
    }
    isBusy.value = false;
  }
  return (
    <Dialog title={title} closeLabel={t("frame.close")} onClose={close}>
      <form class="stack" noValidate onSubmit={onSubmit}>
        <p class="quiet">{intro}</p>
        <TextField
          label={t("leave.email")}
          type="email"
          autocomplete="email"
          value={email.value}
          error={error.value}
          onInput={(event) => {
            email.value = event.currentTarget.value;
          }}
        />
        <Button type="submit" look="primary" busy={isBusy.value}>
          {submit}
        </Button>
      </form>
    </Dialog>
  );
}

function LanguageDialog() {
  async function pick(choice: (typeof boot.locales)[number]) {
    await speak(choice);
    keep("locale", tag.peek());
    tell({ type: "language", tag: tag.peek() });
    close();
  }
  return (
    <Dialog title={t("language.title")} closeLabel={t("frame.close")} onClose={close}>
      <ul class="stack">
        {boot.locales.map((choice) => (
          <li key={choice}>
            <button
              type="button"
              class="ui-menu-item"
              lang={choice}
              aria-current={choice === tag.value ? "true" : undefined}
              onClick={() => pick(choice)}
            >
              {LANGUAGE_NAMES[choice]}
            </button>
          </li>
        ))}
      </ul>
    </Dialog>
  );
}

function EndDialog() {
  const problem = useSignal("");
  const isBusy = useSignal(false);
  async function run() {
    isBusy.value = true;
    try {
      await end();
      close();
    } catch (error) {
      problem.value = sentence(error);
    }
    isBusy.value = false;
  }
  const actions = (
    <>
      <Button onClick={close}>{t("frame.cancel")}</Button>
      <Button look="primary" busy={isBusy.value} onClick={run}>
        {t("end.submit")}
      </Button>
    </>
  );
  return (
    <Dialog title={t("end.title")} closeLabel={t("frame.close")} onClose={close} actions={actions}>
      <p>{t("end.intro")}</p>
      {problem.value && (
        <p class="is-bad" role="alert">
          {problem.value}
        </p>
      )}
    </Dialog>
  );
}

export function Dialogs() {
  const open = dialog.value;
  if (open === "language") return <LanguageDialog />;
  if (open === "end") return <EndDialog />;
  if (open === "transcript") {
    return (
      <AddressDialog
        title={t("transcript.title")}
        intro={t("transcript.intro")}
        submit={t("transcript.submit")}
        done={() => t("message.system.transcript_sent")}
        run={askTranscript}
      />
    );
  }
  if (open === "contact") {
    return (
      <AddressDialog
        title={t("contact.title")}
        intro={t("contact.intro")}
        submit={t("contact.submit")}
        done={(email) => t("leave.done", { email })}
        run={(email) => setContact(conversation.value?.contact_name ?? "", email)}
      />
    );
  }
  return null;
}
