import { signal } from "@preact/signals";

/** What is being written in one conversation, kept on this device until it is sent. */
export interface Draft {
  readonly text: string;
  readonly isNote: boolean;
}

const PREFIX = "stoa.desk.draft.";
const changes = signal(0);
const NONE: Draft = { text: "", isNote: false };

/** Whoever draws it draws it again when it changes. */
export function readDraft(conversationId: string): Draft {
  changes.value;
  const kept = localStorage.getItem(PREFIX + conversationId);
  if (!kept) return NONE;
  const value: unknown = JSON.parse(kept);
  if (typeof value !== "object" || value === null) return NONE;
  const { text, isNote } = value as Partial<Draft>;
  return { text: String(text ?? ""), isNote: isNote === true };
}

export function keepDraft(conversationId: string, draft: Draft): void {
  if (draft.text) localStorage.setItem(PREFIX + conversationId, JSON.stringify(draft));
  else localStorage.removeItem(PREFIX + conversationId);
  changes.value += 1;
}
