import { computed, effect, signal } from "@preact/signals";
import { route } from "../app/router.ts";

/** The conversations that the next bulk act is for. */
export const marked = signal<ReadonlySet<string>>(new Set());
/** Whether a tap marks instead of opening, for who has no keyboard. */
export const isMarking = signal(false);

export const MARKED_MAX = 200;
let anchor: string | null = null;

/** Marks a conversation, or takes its mark away; the next range begins there. */
export function toggleMark(id: string): void {
  const next = new Set(marked.peek());
  if (!next.delete(id) && next.size < MARKED_MAX) next.add(id);
  anchor = id;
  marked.value = next;
}

/** Marks everything from the last marked one to this one, in the order of the list. */
export function markTo(id: string, order: readonly string[]): void {
  const from = anchor === null ? -1 : order.indexOf(anchor);
  const to = order.indexOf(id);
  if (from < 0 || to < 0) return toggleMark(id);
  const range = order.slice(Math.min(from, to), Math.max(from, to) + 1);
  marked.value = new Set([...marked.peek(), ...range].slice(0, MARKED_MAX));
}

/** Marks these and no others, the first of them when they are too many. */
export function markAll(ids: readonly string[]): void {
  marked.value = new Set(ids.slice(0, MARKED_MAX));
}

export function clearMarks(): void {
  marked.value = new Set();
  isMarking.value = false;
  anchor = null;
}

const shown = computed(() => (route.value.page === "inbox" ? route.value.view : null));

// What one no longer sees is not changed by the next act. At once, and not when the other list is
// drawn: what is marked in that may be marked before.
effect(() => {
  shown.value;
  clearMarks();
});
