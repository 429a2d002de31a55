/** What a tab remembers of the counter from page to page; written only after the first click. */
export type Remembered = "open" | "listening" | null;

const KEY = "stoa.counter";
const CALL_KEY = "stoa.counter.call";
const SCRIPT_KEY = "stoa.cobrowse";

function read(key: string): string | null {
  try {
    return sessionStorage.getItem(key);
  } catch {
    return null; // storage is forbidden here: every page begins closed
  }
}

function write(key: string, value: string | null) {
  try {
    if (value) sessionStorage.setItem(key, value);
    else sessionStorage.removeItem(key);
  } catch {
    // Storage is forbidden here: nothing is kept, and the counter works within this page.
  }
}

export function recall(): Remembered {
  const value = read(KEY);
  return value === "open" || value === "listening" ? value : null;
}

export function remember(state: Remembered): void {
  write(KEY, state);
}

/** Whether this tab spoke in a call when its last page went. Says nothing of who or about what. */
export function recallCall(): boolean {
  return read(CALL_KEY) !== null;
}

export function rememberCall(isSpeaking: boolean): void {
  write(CALL_KEY, isSpeaking ? "1" : null);
}

/** The script by which the page before this one was shown to an agent. */
export function recallScript(): string | null {
  return read(SCRIPT_KEY);
}

/** Null: the next page is not shown. */
export function rememberScript(script: string | null): void {
  write(SCRIPT_KEY, script);
}
