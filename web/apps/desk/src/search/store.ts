import { signal } from "@preact/signals";
import { type SearchResults, search } from "../api/teamwork.ts";
import { takeRows } from "../conversations/list-store.ts";

export interface Wish {
  readonly q: string;
  readonly state: string;
  readonly assignee: string;
  readonly channel: string;
  readonly locale: string;
  readonly tag_id: string;
  readonly since: string;
  readonly until: string;
}

const NONE: Wish = {
  q: "",
  state: "any",
  assignee: "any",
  channel: "",
  locale: "",
  tag_id: "",
  since: "",
  until: "",
};

/** What is looked for; it stays while the desk is open, so that one can come back to it. */
export const wish = signal<Wish>(NONE);
export const results = signal<SearchResults | null>(null);
export const isSearching = signal(false);
export const problem = signal<Error | null>(null);
let round = 0;

const query = (cursor: string | null) =>
  Object.fromEntries(
    Object.entries({ ...wish.peek(), cursor }).map(([key, value]) => [key, value || null]),
  );

/** Searches; an answer that was overtaken is dropped. With `more` the next page comes behind. */
export async function find({ more = false } = {}): Promise<void> {
  const mine = ++round;
  const before = more ? results.peek() : null;
  if (!wish.peek().q.trim()) {
    results.value = null;
    isSearching.value = false;
    return;
  }
  isSearching.value = true;
  problem.value = null;
  try {
    const found = await search(query(before?.next ?? null));
    if (mine !== round) return;
    takeRows(found.conversations.map(({ conversation }) => conversation));
    results.value = before
      ? {
          ...before,
          conversations: [...before.conversations, ...found.conversations],
          next: found.next,
        }
      : found;
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    if (mine === round) problem.value = error;
  } finally {
    if (mine === round) isSearching.value = false;
  }
}
