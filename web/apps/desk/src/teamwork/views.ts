import { computed, signal } from "@preact/signals";
import type { ConversationRow } from "../api/conversations.ts";
import { type Filters, readViewCounts, type SavedView } from "../api/teamwork.ts";
import type { View } from "../app/router.ts";
import { changeStart, start } from "../session/store.ts";
import { tagOf, tagsOf } from "./tags.ts";

export const EVERYTHING: Filters = {
  shop_id: null,
  state: "open",
  channels: [],
  tag_ids: [],
  assignee: "any",
  locales: [],
  team_ids: [],
  queue_ids: [],
  is_waiting: false,
};

const BUILT_IN: Readonly<Record<string, Filters>> = {
  mine: { ...EVERYTHING, assignee: "me" },
  unassigned: { ...EVERYTHING, assignee: "nobody" },
  all: EVERYTHING,
  snoozed: { ...EVERYTHING, state: "snoozed" },
  closed: { ...EVERYTHING, state: "closed" },
  due: { ...EVERYTHING, is_waiting: true },
};

/** The lists that somebody put together: those that are shared, then one's own. */
export const views = computed(() => start.value?.views ?? []);

export const keyOfView = (view: SavedView): View => `v-${view.id}`;

export function savedView(view: View): SavedView | null {
  return views.value.find((one) => keyOfView(one) === view) ?? null;
}

/** What a list shows; null for a saved one that is gone. */
export function filtersOf(view: View): Filters | null {
  return BUILT_IN[view] ?? savedView(view)?.filters ?? null;
}

function isInState(row: ConversationRow, state: Filters["state"]): boolean {
  if (state === "any") return true;
  if (state === "snoozed") return Boolean(row.snoozed_at);
  return row.state === state && !row.snoozed_at;
}

/** Whether a conversation fits what a list shows: the same as `condition_of` on the server. */
export function fits(row: ConversationRow, filters: Filters, staffId: string | undefined): boolean {
  const { assignee } = filters;
  const wanted = assignee === "me" ? staffId : assignee === "nobody" ? null : assignee;
  const tags = filters.tag_ids.length ? new Set(tagsOf(row).map(({ id }) => id)) : null;
  return (
    isInState(row, filters.state) &&
    (assignee === "any" || row.assignee_id === wanted) &&
    (filters.shop_id === null || row.shop_id === filters.shop_id) &&
    (filters.channels.length === 0 || filters.channels.includes(row.channel)) &&
    (filters.locales.length === 0 || (filters.locales as string[]).includes(row.locale)) &&
    (filters.team_ids.length === 0 || filters.team_ids.includes(row.team_id ?? "")) &&
    (filters.queue_ids.length === 0 || filters.queue_ids.includes(row.queue_id ?? "")) &&
    (!filters.is_waiting || row.waiting_since !== null) &&
    filters.tag_ids.every((id) => tags?.has(tagOf(id)?.id ?? ""))
  );
}

/** How many conversations each saved view holds, as the server last counted. */
export const viewCounts = signal<ReadonlyMap<string, number>>(new Map());

const COUNT_EVERY_MS = 15_000;
let countTimer = 0;

export async function countViews(): Promise<void> {
  if (views.peek().length === 0) return;
  // A count that does not come is made up for by the next one.
  const found = await readViewCounts().catch(() => null);
  if (found) viewCounts.value = new Map(found.items.map(({ id, count }) => [id, count]));
}

/** Has the server count the saved views again soon, however often it is asked for. */
export function countViewsSoon(): void {
  if (countTimer || views.peek().length === 0) return;
  countTimer = window.setTimeout(() => {
    countTimer = 0;
    void countViews();
  }, COUNT_EVERY_MS);
}

/** Takes views over after one was saved, changed or dropped. */
export function takeViews(change: (views: readonly SavedView[]) => readonly SavedView[]): void {
  const next = [...change(views.peek())];
  next.sort((a, b) => Number(b.is_shared) - Number(a.is_shared));
  changeStart({ views: next });
  void countViews();
}
