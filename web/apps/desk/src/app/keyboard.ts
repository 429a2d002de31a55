import { signal } from "@preact/signals";

export interface Shortcut {
  /** "j", "?", "mod+k" (Ctrl, or Command on a Mac), "alt+arrowdown", or two keys after each
   * other: "g o". */
  readonly keys: string;
  readonly label: () => string;
  readonly group: () => string;
  readonly run: () => void;
  /** Whether it also works while a text is being written. */
  readonly whileTyping?: boolean;
}

const shortcuts = signal<readonly Shortcut[]>([]);
const SEQUENCE_MS = 1200;

/** All shortcuts that work now, for the help sheet and the palette. */
export const activeShortcuts = shortcuts;

/** Makes shortcuts work until the returned function is called. */
export function addShortcuts(added: readonly Shortcut[]): () => void {
  shortcuts.value = [...shortcuts.peek(), ...added];
  return () => {
    shortcuts.value = shortcuts.peek().filter((shortcut) => !added.includes(shortcut));
  };
}

function isTyping(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  return target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName);
}

/** Returns the pressed combination in the notation of `Shortcut.keys`. */
export function combination(event: KeyboardEvent): string {
  const parts = [];
  if (event.ctrlKey || event.metaKey) parts.push("mod");
  if (event.altKey) parts.push("alt");
  const isLetter = /^[a-z]$/i.test(event.key);
  if (event.shiftKey && (isLetter || event.key.length > 1)) parts.push("shift");
  parts.push(event.key.toLowerCase());
  return parts.join("+");
}

/** Listens to the keyboard for as long as the page lives. */
export function startKeyboard(): void {
  let before = "";
  let timer = 0;
  document.addEventListener("keydown", (event) => {
    if (event.defaultPrevented || event.isComposing) return;
    const pressed = combination(event);
    const typing = isTyping(event.target);
    const sequence = before ? `${before} ${pressed}` : pressed;
    const isBehindDialog = document.querySelector("dialog[open]") !== null;
    // The newest wins: what a pane adds covers what the page has.
    const found = [...shortcuts.peek()]
      .reverse()
      .find(
        ({ keys, whileTyping }) =>
          (keys === sequence || keys === pressed) && (!typing || whileTyping),
      );
    clearTimeout(timer);
    before = "";
    if (found && !isBehindDialog) {
      event.preventDefault();
      found.run();
      return;
    }
    if (!typing && pressed.length === 1) {
      before = pressed;
      timer = window.setTimeout(() => {
        before = "";
      }, SEQUENCE_MS);
    }
  });
}

const isMac = /mac|iphone|ipad/i.test(navigator.userAgent);
const NAMES: Record<string, string> = {
  mod: isMac ? "⌘" : "Ctrl",
  alt: isMac ? "⌥" : "Alt",
  shift: isMac ? "⇧" : "Shift",
  arrowdown: "↓",
  arrowup: "↑",
  enter: "Enter",
  escape: "Esc",
};

/** Returns the key caps to show, one array per key pressed after another. */
export function keyCaps(keys: string): string[][] {
  return keys
    .split(" ")
    .map((press) => press.split("+").map((key) => NAMES[key] ?? key.toUpperCase()));
}
