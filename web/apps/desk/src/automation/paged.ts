import { signal } from "@preact/signals";

interface Page<Item> {
  readonly items: readonly Item[];
  readonly next: string | null;
}

/** A list that is fetched page by page, the newest first. */
export function paged<Item>(fetch: (cursor: string | null) => Promise<Page<Item>>) {
  const items = signal<readonly Item[] | null>(null);
  const next = signal<string | null>(null);
  const isLoading = signal(false);
  const error = signal<Error | null>(null);
  let round = 0;

  async function load(cursor: string | null): Promise<void> {
    const mine = ++round;
    isLoading.value = true;
    error.value = null;
    try {
      const page = await fetch(cursor);
      if (mine !== round) return;
      items.value = cursor === null ? page.items : [...(items.peek() ?? []), ...page.items];
      next.value = page.next;
    } catch (problem) {
      if (!(problem instanceof Error)) throw problem;
      if (mine === round) error.value = problem;
    } finally {
      if (mine === round) isLoading.value = false;
    }
  }

  return { items, next, isLoading, error, load };
}
