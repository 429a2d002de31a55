import { signal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { lazily } from "../app/lazy.tsx";

/** What a dialog is open for: tags, a moment, a colleague or macros, for these conversations. */
export interface Asked {
  readonly what: "tags" | "snooze" | "assign" | "macros" | "view";
  readonly ids: readonly string[];
}

export const asked = signal<Asked | null>(null);

const layer = lazily(async () => (await import("./layer.tsx")).Layer);

export function ask(what: Asked["what"], ids: readonly string[]): void {
  asked.value = { what, ids };
}

/* By then whatever the desk begins with has come. */
const AHEAD_MS = 1500;

/** The dialogs for acts on conversations. Their code comes behind that of the page, so that a key
 * pressed right after the one that opens a dialog finds it open. */
export function Teamwork() {
  useEffect(() => {
    const timer = setTimeout(() => void layer.fetch(), AHEAD_MS);
    return () => clearTimeout(timer);
  }, []);
  return asked.value ? <layer.View /> : null;
}
