import { signal } from "@preact/signals";
import type { Act } from "../api/teamwork.ts";

/** What a macro does besides its reply, once that is sent. */
export interface Staged {
  readonly name: string;
  readonly acts: readonly Act[];
}

/** What is being written in one conversation, kept on this device until it is sent. */
export interface Draft {
  readonly text: string;
  readonly isNote: boolean;
  /** The last message when it was begun: what came after that may have changed the answer. */
  readonly since: number | null;
  readonly staged: Staged | null;
}

const PREFIX = "stoa.desk.draft.";
const changes = signal(0);
const NONE: Draft = { text: "", isNote: false, since: null, staged: null };

/** Whoever draws it draws it again when it changes. */
export function readDraft(conversationId: string): Draft {
  changes.value;
  const kept = localStorage.getItem(PREFIX + conversationId);
  if (!kept) return NONE;
  const value: unknown = JSON.parse(kept);
  if (typeof value !== "object" || value === null) return NONE;
  const { text, isNote, since, staged } = value as Partial<Draft>;
  return {
    text: String(text ?? ""),
    isNote: isNote === true,
    since: typeof since === "number" ? since : null,
    staged: staged ?? null,
  };
}

export function keepDraft(conversationId: string, draft: Draft): void {
  if (draft.text) localStorage.setItem(PREFIX + conversationId, JSON.stringify(draft));
  else localStorage.removeItem(PREFIX + conversationId);
  changes.value += 1;
}

/** Hears what is written in another window of the same desk, so that neither overwrites the other's;
 * returns how to stop. */
export function hearDraft(conversationId: string, heard: (draft: Draft) => void): () => void {
  const hear = ({ key, storageArea }: StorageEvent) => {
    if (storageArea !== localStorage || key !== PREFIX + conversationId) return;
    changes.value += 1;
    heard(readDraft(conversationId));
  };
  addEventListener("storage", hear);
  return () => removeEventListener("storage", hear);
}
