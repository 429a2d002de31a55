import type { Queue, QueueInput, Team, TeamInput } from "../api/teams.ts";
import { skillsIn } from "../settings/skills.tsx";

/** A queue while it is written: numbers and skills as they stand in their fields. */
export interface QueueDraft {
  /** Tells the drafts of one dialog apart. */
  readonly key: string;
  readonly id: string | null;
  readonly name: string;
  readonly rule: Queue["rule"];
  readonly priority: string;
  readonly takesCounter: boolean;
  readonly inboxIds: readonly string[];
  readonly skills: string;
  readonly needsLanguage: boolean;
  readonly overflowQueueId: string;
  readonly overflowSeconds: string;
  readonly returnSeconds: string;
}

let made = 0;

/** A queue to begin with. */
export function newQueue(name: string): QueueDraft {
  made += 1;
  return {
    key: `new-${made}`,
    id: null,
    name,
    rule: "least_busy",
    priority: "0",
    takesCounter: true,
    inboxIds: [],
    skills: "",
    needsLanguage: true,
    overflowQueueId: "",
    overflowSeconds: "120",
    returnSeconds: "60",
  };
}

export function queueDraft(queue: Queue): QueueDraft {
  return {
    key: queue.id,
    id: queue.id,
    name: queue.name,
    rule: queue.rule,
    priority: String(queue.priority),
    takesCounter: queue.takes_counter,
    inboxIds: queue.inbox_ids,
    skills: queue.skills.join(", "),
    needsLanguage: queue.needs_language,
    overflowQueueId: queue.overflow_queue_id ?? "",
    overflowSeconds: String(queue.overflow_seconds ?? 120),
    returnSeconds: String(queue.return_seconds),
  };
}

function queueInput(draft: QueueDraft): QueueInput {
  return {
    id: draft.id,
    name: draft.name.trim(),
    rule: draft.rule,
    priority: Number(draft.priority),
    takes_counter: draft.takesCounter,
    inbox_ids: [...draft.inboxIds],
    skills: skillsIn(draft.skills),
    needs_language: draft.needsLanguage,
    overflow_queue_id: draft.overflowQueueId || null,
    overflow_seconds: draft.overflowQueueId ? Number(draft.overflowSeconds) : null,
    return_seconds: Number(draft.returnSeconds),
  };
}

/** What the server is asked to make of the drafts. */
export function teamInput(
  team: Pick<Team, "name" | "shop_ids" | "member_ids"> & Pick<TeamInput, "languages">,
  queues: readonly QueueDraft[],
): TeamInput {
  return { ...team, name: team.name.trim(), queues: queues.map(queueInput) };
}

/** Returns the list with the item, or without it. */
export function toggled<Item>(list: readonly Item[], item: Item, isIn: boolean): Item[] {
  const others = list.filter((one) => one !== item);
  return isIn ? [...others, item] : others;
}
