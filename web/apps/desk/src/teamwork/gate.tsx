import { signal } from "@preact/signals";
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

/** The dialogs for acts on conversations: their code comes with the first that is opened. */
export function Teamwork() {
  return asked.value ? <layer.View /> : null;
}
