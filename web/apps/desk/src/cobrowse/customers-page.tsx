import eye from "lucide:eye";
import { useSignal } from "@preact/signals";
import { Button, Skeleton } from "@stoa/ui";
import { useEffect, useLayoutEffect, useMemo } from "preact/hooks";
import { perform, useAct } from "../app/act.ts";
import { now } from "../app/clock.ts";
import { Failed } from "../app/failed.tsx";
import { addShortcuts } from "../app/keyboard.ts";
import { formats, t } from "../app/texts.ts";
import { rowOf } from "../conversations/list-store.ts";
import { visitOfVisitor } from "../radar/store.ts";
import { placeWords } from "../radar/words.ts";
import { Hands } from "./acting.ts";
import { DeedList } from "./deeds.tsx";
import { endReasonWords } from "./ends.ts";
import { Pointer } from "./pointing.ts";
import { Stage } from "./stage.tsx";
import { Toolbar } from "./toolbar.tsx";
import { Watch } from "./watch.ts";
import { watchedConversation } from "./watched.ts";
import { stateWords } from "./words.ts";

interface Props {
  conversationId: string;
}

/** The customer's page, as they see it now, or the way to get to see it. It fills the room that its
 * container gives it, from 280 x 220 px on, and never grows beyond it. */
export function CustomersPage({ conversationId }: Props) {
  const watch = useMemo(() => new Watch(conversationId), [conversationId]);
  useEffect(() => {
    void watch.load();
    return () => watch.close();
  }, [watch]);
  const error = watch.error.value;
  const session = watch.session.value;
  const isActive = watch.isActive.value;
  const isKnown = !watch.isLoading.value && !error;
  useEffect(() => {
    if (isActive) watchedConversation.value = conversationId;
    else if (isKnown && watchedConversation.peek() === conversationId) {
      watchedConversation.value = null;
    }
  }, [isActive, isKnown, conversationId]);
  return (
    <section class="replica" aria-label={t("cobrowse.title")}>
      {error ? (
        <Failed error={error} retry={() => watch.load()} small />
      ) : watch.isLoading.value ? (
        <Skeleton lines={5} />
      ) : isActive ? (
        <Shown key={session?.id} watch={watch} />
      ) : (
        <NotShown watch={watch} />
      )}
    </section>
  );
}

/** Where the customer is, by what the radar knows, and the question whether it may be looked at. */
function NotShown({ watch }: { watch: Watch }) {
  const act = useAct();
  const session = watch.session.value;
  const row = rowOf(watch.conversationId);
  const visit = visitOfVisitor(row?.visitor_id ?? null);
  const isAsked = session?.state === "asked" && watch.isMine.value;
  const isOthers = session !== null && session.state !== "ended" && !watch.isMine.value;
  const ask = () => act.run(() => watch.ask());
  useLayoutEffect(
    () =>
      addShortcuts([
        {
          keys: "p",
          label: () => t("cobrowse.ask"),
          group: () => t("group.page"),
          run: () => void perform(() => watch.ask()),
          isOffered: () => !isAsked && !isOthers && Boolean(row?.visitor_id),
        },
      ]),
    [watch, isAsked, isOthers, row?.visitor_id],
  );
  return (
    <div class="replica-closed">
      {visit && (
        <p class="replica-place">
          <span class="quiet">{t("cobrowse.isAt")}</span>
          <strong>{placeWords(visit)}</strong>
          {visit.page && <span class="quiet replica-address">{visit.page.path}</span>}
        </p>
      )}
      {!row?.visitor_id ? (
        <p class="quiet">{t("side.elsewhere")}</p>
      ) : isOthers ? (
        <p>{t("cobrowse.others", { name: session.staff_name })}</p>
      ) : isAsked ? (
        <>
          <p role="status">{t("cobrowse.asked")}</p>
          <p class="quiet">{waitedWords(session.asked_at)}</p>
          <Button
            key="withdraw"
            small
            busy={act.isBusy}
            onClick={() => act.run(() => watch.stop())}
          >
            {t("cobrowse.withdraw")}
          </Button>
        </>
      ) : (
        <>
          {session?.state === "ended" && (
            <p class="quiet" role="status">
              {endReasonWords(session.end_reason)}
            </p>
          )}
          <Button key="ask" look="primary" icon={eye} busy={act.isBusy} onClick={ask}>
            {t("cobrowse.ask")}
          </Button>
          <p class="quiet replica-hint">{t("cobrowse.askHint")}</p>
        </>
      )}
    </div>
  );
}

const waitedWords = (askedAt: string): string =>
  formats().duration(Math.max(0, (now.value - Date.parse(askedAt)) / 1000));

/** The page itself, with what the agent can do on it. */
function Shown({ watch }: { watch: Watch }) {
  const pointer = useMemo(() => new Pointer(watch), [watch]);
  const hands = useMemo(() => new Hands(watch), [watch]);
  const isFullSize = useSignal(false);
  const control = watch.session.value?.control;
  useEffect(() => () => hands.close(), [hands]);
  // Before it is drawn: what is pressed once the screen says so is meant for that hand.
  useLayoutEffect(() => {
    // The hand is taken up as it is given, and laid down as it is taken away.
    if (control === "given") pointer.choose("act");
    else if (pointer.tool.peek() === "act") pointer.choose("point");
  }, [control, pointer]);
  return (
    <>
      <Toolbar watch={watch} pointer={pointer} isFullSize={isFullSize} />
      <Stage watch={watch} pointer={pointer} hands={hands} isFullSize={isFullSize.value}>
        <Veil watch={watch} />
      </Stage>
      <DeedList hands={hands} />
    </>
  );
}

/** Says what the picture is not: not yet there, kept back, left, or no longer what they see. */
function Veil({ watch }: { watch: Watch }) {
  const words = stateWords(watch);
  if (!words) return null;
  return (
    <div class={`replica-veil ${words.isLight ? "is-light" : ""}`} role="status">
      <p>{words.text}</p>
      {words.more && <p class="quiet">{words.more}</p>}
    </div>
  );
}
