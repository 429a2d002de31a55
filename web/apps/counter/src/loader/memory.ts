/** What a tab remembers of the counter from page to page; written only after the first click. */
export type Remembered = "open" | "listening" | null;

const KEY = "stoa.counter";

export function recall(): Remembered {
  try {
    const value = sessionStorage.getItem(KEY);
    return value === "open" || value === "listening" ? value : null;
  } catch {
    return null; // storage is forbidden here: every page begins closed
  }
}

export function remember(state: Remembered): void {
  try {
    if (state) sessionStorage.setItem(KEY, state);
    else sessionStorage.removeItem(KEY);
  } catch {
    // Storage is forbidden here: nothing is kept, and the counter works within this page.
  }
}

const SCRIPT = "stoa.cobrowse";

/** The script by which the page before this one was shown to an agent. */
export function recallScript(): string | null {
  try {
    return sessionStorage.getItem(SCRIPT);
  } catch {
    return null;
  }
}

/** Null: the next page is not shown. */
export function rememberScript(script: string | null): void {
  try {
    if (script) sessionStorage.setItem(SCRIPT, script);
    else sessionStorage.removeItem(SCRIPT);
  } catch {
    // Storage is forbidden here: the next page begins a little later.
  }
}
