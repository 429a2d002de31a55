import { computed, signal } from "@preact/signals";

export interface Shortcut {
  /** "j", "?", "mod+k" (Ctrl, or Command on a Mac), "alt+arrowdown", or two keys after each
   * other: "g o". */
  readonly keys: string;
  readonly label: () => string;
  readonly group: () => string;
  readonly run: () => void;
  /** Whether it also works while a text is being written. */
  readonly whileTyping?: boolean;
  /** Whether it is there at all, for this person and now; always, when left out. */
  readonly isOffered?: () => boolean;
}

const shortcuts = signal<readonly Shortcut[]>([]);
const offered = computed(() => shortcuts.value.filter(({ isOffered }) => isOffered?.() ?? true));
const SEQUENCE_MS = 1200;

/** All shortcuts that work now, for the help sheet and the palette. */
export const activeShortcuts = offered;

/** Makes shortcuts work until the returned function is called. Parts of a page call it from a layout
 * effect: what is seen works, also by a key that comes before the next frame. */
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

const PRESSED_BY_ENTER = "a, button, summary, [role=option], [role=menuitem], [role=listbox]";

/** Whether the element with the focus does something of its own with this key. */
function isForElement(target: EventTarget | null, pressed: string): boolean {
  return pressed === "enter" && target instanceof Element && target.matches(PRESSED_BY_ENTER);
}

/** Returns the letter on a key, by its place where the keyboard writes other letters than Latin
 * ones, so that the keys of the desk work on a Greek keyboard as well. */
function latin({ key, code }: KeyboardEvent): string {
  const isOther = /^[^\p{ASCII}]$/u.test(key);
  return (isOther && /^Key([A-Z])$/.exec(code)?.[1]) || key;
}

/** Returns the pressed combination in the notation of `Shortcut.keys`. */
export function combination(event: KeyboardEvent): string {
  const parts = [];
  if (event.ctrlKey || event.metaKey) parts.push("mod");
  if (event.altKey) parts.push("alt");
  const key = latin(event);
  const isLetter = /^[a-z]$/i.test(key);
  if (event.shiftKey && (isLetter || key.length > 1)) parts.push("shift");
  parts.push(key.toLowerCase());
  return parts.join("+");
}

/** Returns what a key does after the one before it (or ""). Two keys after each other are meant
 * before either of them alone; else the newest wins: what a pane adds covers what the page has. */
export function shortcutFor(
  candidates: readonly Shortcut[],
  before: string,
  pressed: string,
  typing: boolean,
): Shortcut | undefined {
  const named = (wanted: string) =>
    candidates.findLast(({ keys, whileTyping }) => keys === wanted && (!typing || whileTyping));
  return (before && named(`${before} ${pressed}`)) || named(pressed);
}

/** Listens to the keyboard for as long as the page lives. */
export function startKeyboard(): void {
  let before = "";
  let timer = 0;
  document.addEventListener("keydown", (event) => {
    if (event.defaultPrevented || event.isComposing) return;
    const pressed = combination(event);
    const typing = isTyping(event.target) || isForElement(event.target, pressed);
    const isBehindDialog = document.querySelector("dialog[open]") !== null;
    const found = shortcutFor(offered.peek(), before, pressed, typing);
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
