import footprints from "lucide:footprints";
import { computed, effect, signal, useSignal } from "@preact/signals";
import { Newest } from "@stoa/client";
import type { WalkCard, WalkView } from "@stoa/protocol";
import { Badge, Banner, Button } from "@stoa/ui";
import type { PageQuestion } from "../../bridge.ts";
import { isSpoken, learn, t } from "../cobrowse/words.ts";
import { tell } from "../host.ts";
import { keep, kept } from "../kept.ts";
import { command } from "../line.ts";
import { sentence } from "../problem.ts";
import { pose } from "../questions.ts";

/* Which place was opened last, in whichever tab: another one does not open it again. */
const KEPT = "walked";
/* The same within this page, where nothing can be kept. */
let opened = "";

const walk = signal<WalkView | null>(null);
const newest = new Newest<WalkView>();
const problem = signal("");

/** What the page shows while the panel is closed: the question, then who leads, with the way out. */
const shown = computed<PageQuestion | null>(() => {
  const now = walk.value;
  if (!now || !isSpoken.value) return null;
  const of = { name: now.staff_name, place: now.title };
  if (now.state === "asked") {
    return {
      id: `walk ${now.id} ${now.title}`,
      title: t("walk.title", of),
      points: [t("walk.follows", of)],
      accept: t("walk.accept"),
      refuse: t("walk.refuse"),
    };
  }
  return {
    id: `walking ${now.id}`,
    title: t("walk.with", of),
    points: [],
    accept: t("walk.end"),
    refuse: "",
  };
});

/** The words are here, and the page asks while the panel is closed. */
export async function prepare(): Promise<void> {
  await learn();
  effect(() => {
    const isAsked = walk.value?.state === "asked";
    pose("walk", shown.value, (isAgreed) => void (isAsked ? answer(isAgreed) : end()));
  });
  document.addEventListener("visibilitychange", follow);
}

const mark = ({ id, step }: WalkView) => `${id} ${step}`;

/** The walk as the server tells it. `isNew`: this page has just been opened, and stands where the
 * customer is, unless the walk went on while it was opened. */
export function take(next: WalkView | null, isNew: boolean): void {
  const before = walk.peek();
  if (next && !newest.takes(next)) return;
  const isOver = next && next.state !== "asked" && next.state !== "walking";
  if (isOver && before?.id !== next.id) return;
  walk.value = isOver ? null : next;
  const isOnTheWay = next && kept(KEPT)?.startsWith(`${next.id} `);
  if (isNew && next && !isOnTheWay) stand(next);
  follow();
}

/** The walk's place is open. */
function stand(at: WalkView): void {
  opened = mark(at);
  keep(KEPT, opened);
}

/** Turns the page to where the walk is, if the customer looks at it and is not there yet. */
function follow(): void {
  const now = walk.peek();
  if (now?.state !== "walking" || document.visibilityState !== "visible") return;
  if (opened === mark(now) || kept(KEPT) === mark(now)) return;
  stand(now);
  tell({ type: "go", url: new URL(now.url, location.origin).href });
}

async function attempt(act: () => Promise<WalkView>): Promise<void> {
  problem.value = "";
  try {
    take(await act(), false);
  } catch (refusal) {
    problem.value = sentence(refusal);
  }
}

async function answer(isAgreed: boolean): Promise<void> {
  const now = walk.peek();
  if (!now) return;
  await attempt(() => command("walk.answer", { walk_id: now.id, is_agreed: isAgreed }));
}

async function end(): Promise<void> {
  const now = walk.peek();
  if (now) await attempt(() => command("walk.end", { walk_id: now.id }));
}

/** Above the conversation: who leads, and the way out. */
export function WalkBar() {
  const now = walk.value;
  if (now?.state !== "walking") return null;
  return (
    <Banner
      icon={footprints}
      tone="action"
      action={
        <Button small onClick={end}>
          {t("walk.end")}
        </Button>
      }
    >
      {t("walk.with", { name: now.staff_name, place: now.title })}
      {problem.value && ` ${problem.value}`}
    </Banner>
  );
}

/** "Come with me" in the timeline: the question, then how it went. */
export function WalkCardView({ card }: { card: WalkCard }) {
  const busy = useSignal<boolean | null>(null);
  const isOpen = card.state === "asked" && walk.value?.id === card.walk_id;
  const of = { name: card.agent_name, place: card.title };
  const reply = async (isAgreed: boolean) => {
    busy.value = isAgreed;
    await answer(isAgreed);
    busy.value = null;
  };
  return (
    <div class="card is-proposal" role="group" aria-label={t("walk.title", of)}>
      <strong>{t("walk.title", of)}</strong>
      {isOpen ? (
        <>
          <p class="small quiet">{t("walk.follows", of)}</p>
          <div class="row">
            <Button look="primary" small busy={busy.value === true} onClick={() => reply(true)}>
              {t("walk.accept")}
            </Button>
            <Button small busy={busy.value === false} onClick={() => reply(false)}>
              {t("walk.refuse")}
            </Button>
          </div>
          {problem.value && (
            <p class="is-bad small" role="alert">
              {problem.value}
            </p>
          )}
        </>
      ) : (
        <Badge tone={card.state === "walking" ? "good" : "neutral"}>
          {t(`walk.card.${card.state}`)}
        </Badge>
      )}
    </div>
  );
}
