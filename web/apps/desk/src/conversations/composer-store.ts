import { effect, type Signal, signal, untracked } from "@preact/signals";
import { type Attachment, uploadAttachment } from "../api/conversations.ts";
import { sendSignal } from "../app/live.ts";
import { openWays, type Ways } from "../channels/ways.ts";
import { me } from "../session/store.ts";
import { hearDraft, keepDraft, readDraft, type Staged } from "./drafts.ts";
import { unfilled } from "./saved-replies.ts";
import { type Thread, write } from "./thread-store.ts";

export interface Upload {
  readonly key: number;
  readonly file: File;
  readonly attachment: Attachment | null;
  readonly error: unknown;
}

/** Why an answer was not sent at once: the agent decides. */
export type Obstacle =
  | { readonly is: "answered"; readonly name: string; readonly text: string }
  | { readonly is: "unfilled"; readonly names: readonly string[] };

export interface Composer {
  readonly text: Signal<string>;
  readonly isNote: Signal<boolean>;
  readonly uploads: Signal<readonly Upload[]>;
  /** Which way the answer goes. */
  readonly ways: Ways;
  readonly input: (text: string) => void;
  readonly switchNote: () => void;
  readonly attach: (files: Iterable<File>) => void;
  readonly removeUpload: (key: number) => void;
  /** What a macro does once the answer is sent. */
  readonly staged: Signal<Staged | null>;
  readonly obstacle: Signal<Obstacle | null>;
  /** Puts a macro's reply after what is there, and keeps what else it does until that is sent. */
  readonly stage: (macro: Staged, text: string) => void;
  readonly unstage: () => void;
  /** Sends what is there; false when there is nothing, a file is still on its way up, the
   * way is closed, or something is in the way that `isSure` passes over. */
  readonly submit: (isSure?: boolean) => boolean;
  readonly close: () => void;
}

const TYPING_EVERY_MS = 2500;
const TYPING_ENDS_MS = 5000;
let lastKey = 0;

function typingSignals(conversationId: string) {
  let sentAt = 0;
  let timer = 0;
  const send = (isTyping: boolean) =>
    sendSignal("typing", { conversation_id: conversationId, is_typing: isTyping });
  const stop = () => {
    clearTimeout(timer);
    if (sentAt) send(false);
    sentAt = 0;
  };
  return {
    stop,
    say: () => {
      clearTimeout(timer);
      timer = window.setTimeout(stop, TYPING_ENDS_MS);
      if (Date.now() - sentAt < TYPING_EVERY_MS) return;
      sentAt = Date.now();
      send(true);
    },
  };
}

/** The inbox and the address that the answer goes to; null: by chat. */
function wayOf({ chosen, isKnown }: Ways, isNote: boolean) {
  if (isNote) return null;
  // A quick agent is done before the server has said which ways there are.
  if (!isKnown.peek()) return "first" as const;
  const way = chosen.peek();
  return way?.inbox_id ? { inboxId: way.inbox_id, to: way.to } : null;
}

const open = new Map<string, Composer>();

/** Returns where an answer is being written in a conversation, if it is on the screen. */
export const composerOf = (conversationId: string): Composer | null =>
  open.get(conversationId) ?? null;

function lastSeq(thread: Thread): number {
  const said = thread.messages.peek().filter(({ kind }) => kind !== "note");
  return said.at(-1)?.seq ?? 0;
}

/** Returns what a colleague answered after `since`, if anybody did. */
function answeredSince(thread: Thread, since: number | null): Obstacle | null {
  if (since === null) return null;
  const answer = thread.messages
    .peek()
    .find(
      ({ seq, kind, sender_kind, staff_id }) =>
        kind !== "note" && sender_kind === "agent" && staff_id !== me.peek()?.id && seq > since,
    );
  if (!answer) return null;
  return { is: "answered", name: answer.staff_name ?? "", text: answer.body.slice(0, 120) };
}

/** What is being written in one conversation. */
export function openComposer(thread: Thread): Composer {
  const conversationId = thread.id;
  const draft = readDraft(conversationId);
  const text = signal(draft.text);
  const isNote = signal(draft.isNote);
  const uploads = signal<readonly Upload[]>([]);
  const ways = openWays(conversationId);
  const typing = typingSignals(conversationId);
  const staged = signal<Staged | null>(draft.staged);
  const obstacle = signal<Obstacle | null>(null);
  let since = draft.since;
  const keep = () =>
    keepDraft(conversationId, {
      text: text.peek(),
      isNote: isNote.peek(),
      since,
      staged: staged.peek(),
    });
  const input = (value: string) => {
    if (!text.peek()) since = thread.messages.peek().length > 0 ? lastSeq(thread) : null;
    text.value = value;
    obstacle.value = null;
    keep();
    // A customer must not see that a note about them is being written.
    if (value && !isNote.peek()) typing.say();
    else typing.stop();
    if (value) thread.looking.write(isNote.peek());
    else thread.looking.rest();
  };
  const inTheWay = (body: string): Obstacle | null => {
    if (isNote.peek()) return null;
    const names = unfilled(body);
    return names.length ? { is: "unfilled", names } : answeredSince(thread, since);
  };

  const change = (key: number, more: Partial<Upload>) => {
    uploads.value = uploads
      .peek()
      .map((upload) => (upload.key === key ? { ...upload, ...more } : upload));
  };

  async function upload(file: File) {
    const key = ++lastKey;
    uploads.value = [...uploads.peek(), { key, file, attachment: null, error: null }];
    try {
      change(key, { attachment: await uploadAttachment(file) });
    } catch (error) {
      change(key, { error });
    }
  }

  const composer: Composer = {
    text,
    isNote,
    uploads,
    ways,
    staged,
    obstacle,
    input,
    stage: (macro, reply) => {
      isNote.value = false;
      staged.value = macro;
      const before = text.peek();
      input(before ? `${before.trimEnd()}\n\n${reply}` : reply);
    },
    unstage: () => {
      staged.value = null;
      keep();
    },
    switchNote: () => {
      isNote.value = !isNote.peek();
      typing.stop();
      keep();
    },
    attach: (files) => {
      for (const file of files) void upload(file);
    },
    removeUpload: (key) => {
      uploads.value = uploads.peek().filter((one) => one.key !== key);
    },
    submit: (isSure = false) => {
      const body = text.peek().trim();
      const ready = isNote.peek() ? [] : uploads.peek().filter((one) => one.attachment);
      const isWaiting = uploads.peek().some((one) => !one.attachment && !one.error);
      if (isWaiting || (!body && ready.length === 0)) return false;
      if (!isNote.peek() && ways.isClosed.peek()) return false;
      obstacle.value = isSure ? null : inTheWay(body);
      if (obstacle.peek()) return false;
      write(conversationId, {
        body,
        isNote: isNote.peek(),
        attachmentIds: ready.flatMap(({ attachment }) => attachment?.id ?? []),
        attachmentNames: ready.map(({ file }) => file.name),
        way: wayOf(ways, isNote.peek()),
        ...(staged.peek() && !isNote.peek() && { acts: staged.peek()?.acts ?? [] }),
      });
      text.value = "";
      if (!isNote.peek()) staged.value = null;
      since = null;
      thread.looking.rest();
      if (!isNote.peek()) uploads.value = [];
      typing.stop();
      keep();
      return true;
    },
    close: () => {
      unhear();
      stopWaiting();
      typing.stop();
      thread.looking.rest();
      if (open.get(conversationId) === composer) open.delete(conversationId);
    },
  };
  // The same conversation in another window: what is written there is written here as well.
  const unhear = hearDraft(conversationId, (other) => {
    text.value = other.text;
    isNote.value = other.isNote;
    staged.value = other.staged;
    since = other.since;
  });
  // A quick agent writes before what was said is here: what they will have read is what comes then.
  const stopWaiting = effect(() => {
    if (thread.messages.value.length === 0 || since !== null || !text.peek()) return;
    since = lastSeq(thread);
    // Another window may have written on, or sent it, and not been heard yet: its text stays.
    keepDraft(conversationId, { ...untracked(() => readDraft(conversationId)), since });
  });
  open.set(conversationId, composer);
  return composer;
}
