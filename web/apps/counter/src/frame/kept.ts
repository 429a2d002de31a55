/* What the frame keeps in its own storage, from the first act that needs it. */

const PREFIX = "stoa.counter.";

export type Kept =
  | "visitor"
  | "channel"
  | "locale"
  | "outbox"
  | "conversation"
  | "sound"
  | "walked"
  | "stopped"
  | `draft.${string}`;

/** Returns what is kept under a name, or null where nothing is or storage is forbidden. */
export function kept(name: Kept): string | null {
  try {
    return localStorage.getItem(PREFIX + name);
  } catch {
    return null;
  }
}

/** Keeps a text; an empty one is forgotten. */
export function keep(name: Kept, value: string): void {
  try {
    if (value) localStorage.setItem(PREFIX + name, value);
    else localStorage.removeItem(PREFIX + name);
  } catch {
    // Storage is forbidden or full: what is typed stays in this page only.
  }
}

/** Calls back when another tab keeps something else under a name. */
export function onKeptElsewhere(listener: (name: string, value: string | null) => void): void {
  addEventListener("storage", ({ key, newValue }) => {
    if (key?.startsWith(PREFIX)) listener(key.slice(PREFIX.length), newValue);
  });
}
