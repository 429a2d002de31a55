import type { LoggedEvent } from "./live.ts";

const listeners = new Set<(event: LoggedEvent) => void>();

/** Hears what comes on `desk`, for a page that is open; returns how to stop. */
export function hearDesk(listener: (event: LoggedEvent) => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** Tells whoever hears. */
export function tellDesk(event: LoggedEvent): void {
  for (const listener of listeners) listener(event);
}
