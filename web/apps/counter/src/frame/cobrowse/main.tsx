import eye from "lucide:eye";
import { computed, effect, signal, useSignal } from "@preact/signals";
import type { CobrowseCard, CobrowseView, CurrentCobrowseView } from "@stoa/protocol";
import { Banner, Button } from "@stoa/ui";
import type { PageQuestion } from "../../bridge.ts";
import { onPage } from "../host.ts";
import { keep, kept } from "../kept.ts";
import { command } from "../line.ts";
import { sentence } from "../problem.ts";
import { pose } from "../questions.ts";
import { PageLink } from "./page-link.ts";
import { isSpoken, learn, t } from "./words.ts";

const session = signal<CobrowseView | null>(null);
const problem = signal("");
let link: PageLink | undefined;
/* The session stopped last, also where nothing can be kept. */
let stopped = kept("stopped");

/** What the customer is asked at this moment, if anything. */
const question = computed<PageQuestion | null>(() => {
  const now = session.value;
  if (!now || !isSpoken.value) return null;
  const of = { name: now.staff_name };
  if (now.state === "asked") {
    return {
      id: now.id,
      title: t("look.title", of),
      points: [t("look.sees", of), t("look.never"), t("look.stop")],
      accept: t("look.accept"),
      refuse: t("look.refuse"),
    };
  }
  if (now.control !== "asked") return null;
  return {
    id: `control ${now.id}`,
    title: t("control.title", of),
    points: [t("control.does", of), t("control.never"), t("control.stop")],
    accept: t("control.accept"),
    refuse: t("control.refuse"),
  };
});

/** The words are here and the page knows what is asked. */
export async function prepare(): Promise<void> {
  await learn();
  effect(() => pose("cobrowse", question.value, (isAgreed) => void answer(isAgreed)));
  onPage("unseen", () => {
    problem.value = t("look.failed");
  });
}

/** The session as the server tells it; the page is shown while it is active. */
export function take({ session: told, rules, is_watched }: CurrentCobrowseView): void {
  // Stopped where the server could not hear of it: over for the customer, whatever it still believes.
  const isStopped = told !== null && [stopped, kept("stopped")].includes(told.id);
  if (isStopped) tellStopped(told.id);
  const next = isStopped ? null : told;
  session.value = next;
  if (next?.state !== "active") closeLink();
  else if (link?.session.id === next.id) {
    link.update(next, rules, is_watched === true);
  } else {
    link?.close();
    link = new PageLink(next, rules, is_watched === true, stop);
  }
}

/** What changed of the session that is here holds at once, not only when the rules have come again: an
 * agent may act in the moment in which they were let, and sees nothing from the moment of the end. */
export function change(told: CobrowseView): void {
  if (session.peek()?.id !== told.id) return;
  if (told.state === "ended") {
    session.value = null;
    closeLink();
  } else if (told.state === "active" && link) {
    session.value = told;
    link.change(told);
  }
}

function closeLink() {
  link?.close();
  link = undefined;
}

async function answer(isAgreed: boolean): Promise<void> {
  const now = session.peek();
  const asked = question.peek();
  if (!now || !asked) return;
  problem.value = "";
  // Word for word what the customer has read.
  const wording = [asked.title, ...asked.points].join(" ");
  const form = { session_id: now.id, is_agreed: isAgreed, wording };
  try {
    if (now.state === "asked") await command("cobrowse.answer", form);
    else await command("cobrowse.answer_control", form);
  } catch (refusal) {
    problem.value = sentence(refusal);
  }
}

/** At once on this side, whatever the line is like; the server hears of it when it can. */
function stop(): void {
  const now = session.peek();
  if (!now) return;
  stopped = now.id;
  keep("stopped", now.id);
  closeLink();
  session.value = null;
  tellStopped(now.id);
}

function tellStopped(id: string) {
  command("cobrowse.stop", { session_id: id }).catch(() => undefined);
}

function Question({ asked }: { asked: PageQuestion }) {
  const isBusy = useSignal(false);
  const reply = async (isAgreed: boolean) => {
    isBusy.value = true;
    await answer(isAgreed);
    isBusy.value = false;
  };
  return (
    <section class="ui-banner ui-tone-action cobrowse-asks" aria-label={asked.title}>
      <div class="ui-banner-text stack">
        <div class="stack" role="status">
          <strong>{asked.title}</strong>
          {asked.points.map((point) => (
            <span key={point}>{point}</span>
          ))}
        </div>
        <div class="row">
          <Button look="primary" busy={isBusy.value} onClick={() => reply(true)}>
            {asked.accept}
          </Button>
          <Button onClick={() => reply(false)}>{asked.refuse}</Button>
        </div>
        {problem.value && (
          <p class="is-bad" role="alert">
            {problem.value}
          </p>
        )}
      </div>
    </section>
  );
}

/** Above the conversation: the question, or who sees the page and the way out. */
export function CobrowseBar() {
  const now = session.value;
  const asked = question.value;
  if (asked) return <Question asked={asked} />;
  if (now?.state !== "active") return null;
  return (
    <Banner
      icon={eye}
      action={
        <Button small onClick={stop}>
          {t("bar.stop")}
        </Button>
      }
    >
      {t(now.control === "given" ? "bar.mayAct" : "bar.sees", { name: now.staff_name })}
      {problem.value && ` ${problem.value}`}
    </Banner>
  );
}

/** Co-browsing in the timeline. */
export function CobrowseCardView({ card }: { card: CobrowseCard }) {
  const of = { name: card.agent_name };
  const ended = card.end_reason === "refused" ? "card.refused" : "card.ended";
  const unanswered = card.end_reason === "expired" ? "card.expired" : ended;
  const key = card.state === "ended" ? unanswered : (`card.${card.state}` as const);
  const steps = card.action_count ? t("card.actions", { count: card.action_count }) : "";
  return <>{[t(key, of), steps].filter(Boolean).join(" · ")}</>;
}
