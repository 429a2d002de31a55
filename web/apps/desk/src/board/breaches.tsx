import { useSignal } from "@preact/signals";
import { Badge, Button, Checkbox, Skeleton } from "@stoa/ui";
import { useEffect } from "preact/hooks";
import { type BreachView, readBreaches } from "../api/board.ts";
import { now } from "../app/clock.ts";
import { Failed } from "../app/failed.tsx";
import { formats } from "../app/texts.ts";
import { titleOf } from "../conversations/row.tsx";
import { shopOf } from "../session/store.ts";
import { bt, channelName } from "./texts.ts";
import { since } from "./words.ts";

interface Page {
  readonly items: readonly BreachView[];
  readonly next: string | null;
}

function Line({ breach }: { breach: BreachView }) {
  const end = breach.ended_at ? Date.parse(breach.ended_at) : now.value;
  const late = since(breach.due_at, end);
  return (
    <li class="board-line">
      <a href={`/desk/inbox/all/${breach.conversation_id}`}>{titleOf(breach)}</a>
      <span class="quiet grow">
        {bt(breach.kind === "first" ? "breach.first" : "breach.next", {
          policy: breach.policy_name ?? "–",
        })}
      </span>
      <span class="tag">{channelName(breach.channel)}</span>
      <span class="quiet">{breach.assignee_name ?? bt("waiting.nobodys")}</span>
      <time class="quiet" dateTime={breach.breached_at}>
        {formats().moment(breach.breached_at)}
      </time>
      <Badge tone={breach.ended_at ? "neutral" : "bad"}>
        {bt(breach.ended_at ? "breach.was" : "breach.is", { time: late })}
      </Badge>
    </li>
  );
}

/** The promises that were not kept, the newest first. */
export function Breaches({ breachedToday }: { breachedToday: number }) {
  const isRunning = useSignal(false);
  const page = useSignal<Page | null>(null);
  const problem = useSignal<Error | null>(null);
  async function load(cursor: string | null) {
    problem.value = null;
    try {
      const found = await readBreaches(shopOf()?.id ?? "", isRunning.peek(), cursor);
      const before = cursor ? (page.peek()?.items ?? []) : [];
      page.value = { items: [...before, ...found.items], next: found.next };
    } catch (error) {
      if (!(error instanceof Error)) throw error;
      problem.value = error;
    }
  }
  useEffect(() => void load(null), [isRunning.value, breachedToday]);
  const shown = page.value;
  return (
    <>
      <Checkbox
        label={bt("breaches.running")}
        checked={isRunning.value}
        onChange={(isOn) => {
          isRunning.value = isOn;
        }}
      />
      {problem.value && <Failed error={problem.value} retry={() => load(null)} small />}
      {!shown && !problem.value && <Skeleton lines={3} />}
      {shown?.items.length === 0 && <p class="quiet">{bt("breaches.none")}</p>}
      {shown && shown.items.length > 0 && (
        <ul class="board-lines" aria-label={bt("breaches.title")}>
          {shown.items.map((breach) => (
            <Line key={breach.id} breach={breach} />
          ))}
        </ul>
      )}
      {shown?.next && (
        <div>
          <Button small onClick={() => load(shown.next)}>
            {bt("breaches.more")}
          </Button>
        </div>
      )}
    </>
  );
}
