import { computed, effect, signal } from "@preact/signals";
import { type ConversationRow, listConversations } from "../api/conversations.ts";
import { VIEWS, type View } from "../app/router.ts";
import { me } from "../session/store.ts";

interface Paging {
  /** The cursor of the next page; null at the end, undefined before the first page. */
  readonly next: string | null | undefined;
  readonly isLoading: boolean;
  readonly error: Error | null;
}

const FRESH: Paging = { next: undefined, isLoading: false, error: null };

const rows = signal<ReadonlyMap<string, ConversationRow>>(new Map());
const paging = Object.fromEntries(VIEWS.map((view) => [view, signal<Paging>(FRESH)])) as Record<
  View,
  ReturnType<typeof signal<Paging>>
>;

/** Whether a conversation belongs into a view for this member of staff. */
export function belongs(row: ConversationRow, view: View, staffId: string | undefined): boolean {
  if (view === "closed") return row.state === "closed";
  if (row.state === "closed") return false;
  if (view === "mine") return row.assignee_id === staffId;
  return view === "all" || row.assignee_id === null;
}

/** The newest first; equal moments by id, so that the order is total. */
export function newestFirst(a: ConversationRow, b: ConversationRow): number {
  const byTime = Date.parse(b.last_message_at) - Date.parse(a.last_message_at);
  return byTime || (a.id < b.id ? 1 : -1);
}

const lists = Object.fromEntries(
  VIEWS.map((view) => [
    view,
    computed(() => {
      const staffId = me.value?.id;
      const all = [...rows.value.values()];
      return all.filter((row) => belongs(row, view, staffId)).sort(newestFirst);
    }),
  ]),
) as Record<View, ReturnType<typeof computed<ConversationRow[]>>>;

export const listOf = (view: View) => lists[view];
export const pagingOf = (view: View) => paging[view];
export const rowOf = (id: string) => rows.value.get(id) ?? null;

/** How many open conversations wait for an answer from me or from anybody. */
export const waitingCount = computed(() => {
  const waiting = [...lists.mine.value, ...lists.unassigned.value];
  return waiting.filter((row) => row.waiting_since !== null).length;
});

/** Takes rows over, unless what is known is newer. Returns those that changed something. */
export function takeRows(incoming: readonly ConversationRow[]): ConversationRow[] {
  const known = new Map(rows.peek());
  const changed = incoming.filter((row) => (known.get(row.id)?.version ?? -1) < row.version);
  for (const row of changed) known.set(row.id, row);
  if (changed.length) rows.value = known;
  return changed;
}

/** Fetches the next page of a view; does nothing at the end or while one is under way. Returns
 * where the topic `desk` stood, or null when nothing was fetched. */
export async function loadMore(view: View): Promise<number | null> {
  const state = paging[view];
  const { next, isLoading } = state.peek() ?? FRESH;
  if (isLoading || next === null) return null;
  state.value = { next, isLoading: true, error: null };
  try {
    const page = await listConversations({ view, cursor: next ?? null, limit: 100 });
    takeRows(page.items);
    state.value = { next: page.next, isLoading: false, error: null };
    return page.seq;
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    state.value = { next, isLoading: false, error };
    return null;
  }
}

/** Forgets everything, so that the views are fetched again. */
export function resetLists(): void {
  rows.value = new Map();
  for (const view of VIEWS) paging[view].value = FRESH;
}

effect(() => {
  if (me.value === null) resetLists();
});
