import { computed, effect, type ReadonlySignal, type Signal, signal } from "@preact/signals";
import type { ListCounts } from "@stoa/protocol";
import { type ConversationRow, listConversations } from "../api/conversations.ts";
import type { View } from "../app/router.ts";
import { me } from "../session/store.ts";
import { belongs } from "./counting.ts";

interface Paging {
  /** The cursor of the next page; null at the end, undefined before the first page. */
  readonly next: string | null | undefined;
  readonly isLoading: boolean;
  readonly error: Error | null;
}

const FRESH: Paging = { next: undefined, isLoading: false, error: null };

const rows = signal<ReadonlyMap<string, ConversationRow>>(new Map());
const pagings = new Map<View, Signal<Paging>>();
const lists = new Map<View, ReadonlySignal<ConversationRow[]>>();

/** Where a row stands: what came back by its time stands above what was said before that. */
export function listedAt(row: ConversationRow): number {
  return Math.max(Date.parse(row.last_message_at), row.woke_at ? Date.parse(row.woke_at) : 0);
}

/** The newest first; equal moments by id, so that the order is total. */
export function newestFirst(a: ConversationRow, b: ConversationRow): number {
  const byTime = listedAt(b) - listedAt(a);
  return byTime || (a.id < b.id ? 1 : -1);
}

/** What is due first; whom nothing was promised after them, as long as they wait. */
export function dueFirst(a: ConversationRow, b: ConversationRow): number {
  const placeOf = ({ due_at, waiting_since }: ConversationRow) =>
    [due_at ? 0 : 1, Date.parse(due_at ?? waiting_since ?? "")] as const;
  const [[isFree, at], [isOtherFree, otherAt]] = [placeOf(a), placeOf(b)];
  return isFree - isOtherFree || at - otherAt || (a.id < b.id ? -1 : 1);
}

function made<Value>(known: Map<View, Value>, view: View, make: () => Value): Value {
  const found = known.get(view) ?? make();
  known.set(view, found);
  return found;
}

/** What is known of a view, the newest first. */
export const listOf = (view: View) =>
  made(lists, view, () =>
    computed(() => {
      const staffId = me.value?.id;
      const all = [...rows.value.values()];
      return all
        .filter((row) => belongs(row, view, staffId))
        .sort(view === "due" ? dueFirst : newestFirst);
    }),
  );
/** Whether nothing of a view was asked for yet, or all of it was forgotten since. */
export const isFresh = ({ next, isLoading, error }: Paging) =>
  next === undefined && !isLoading && error === null;
export const pagingOf = (view: View) => made(pagings, view, () => signal<Paging>(FRESH));

/** How many open conversations each view has: as the server last counted, and as rows heard of since
 * have changed it. */
export const counts = signal<ListCounts>({ mine: 0, unassigned: 0, all: 0, waiting: 0 });

const COUNT_EVERY_MS = 3000;
let countTimer = 0;

/** Counts, and returns where the topic `desk` stood; null when the server cannot be asked. */
export async function countNow(): Promise<number | null> {
  // A count that does not come is made up for by the next one.
  const page = await listConversations({ view: "all", limit: 1 }).catch(() => null);
  if (page) counts.value = page.counts;
  return page?.seq ?? null;
}

/** Has the server count again soon, however often it is asked for: some rows it knows alone. */
export function countSoon(): void {
  if (countTimer) return;
  countTimer = window.setTimeout(() => {
    countTimer = 0;
    void countNow();
  }, COUNT_EVERY_MS);
}

export const rowOf = (id: string) => rows.value.get(id) ?? null;

/** How many open conversations wait for an answer from me or from anybody. */
export const waitingCount = computed(() => counts.value.waiting);

/** Takes rows over, unless what is known is newer. Returns those that changed something. */
export function takeRows(incoming: readonly ConversationRow[]): ConversationRow[] {
  const known = new Map(rows.peek());
  const changed = incoming.filter((row) => (known.get(row.id)?.version ?? -1) < row.version);
  for (const row of changed) known.set(row.id, row);
  if (changed.length) rows.value = known;
  return changed;
}

/** Fetches the next page of a view; does nothing at the end or while one is under way. What was
 * asked for before the view was forgotten is dropped: it may be of other rows, or of somebody else. */
export async function loadMore(view: View): Promise<void> {
  const state = pagingOf(view);
  const { next, isLoading } = state.peek();
  if (isLoading || next === null) return;
  const mine: Paging = { next, isLoading: true, error: null };
  state.value = mine;
  try {
    const page = await listConversations({ view, cursor: next ?? null, limit: 100 });
    if (state.peek() !== mine) return;
    takeRows(page.items);
    counts.value = page.counts;
    state.value = { next: page.next, isLoading: false, error: null };
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    if (state.peek() === mine) state.value = { next, isLoading: false, error };
  }
}

/** Forgets which pages of a view were fetched: what it shows has changed. */
export function resetView(view: View): void {
  pagingOf(view).value = FRESH;
}

/** Forgets everything, so that the views are fetched again. */
export function resetLists(): void {
  rows.value = new Map();
  for (const paging of pagings.values()) paging.value = FRESH;
}

effect(() => {
  if (me.value === null) resetLists();
});
