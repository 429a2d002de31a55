import { type Signal, signal } from "@preact/signals";
import type { Way } from "../api/channels.ts";
import { type Attachment, uploadAttachment } from "../api/conversations.ts";
import { sendSignal } from "../app/live.ts";
import { openWays, type Ways } from "../channels/ways.ts";
import { keepDraft, readDraft } from "./drafts.ts";
import { write } from "./thread-store.ts";

export interface Upload {
  readonly key: number;
  readonly file: File;
  readonly attachment: Attachment | null;
  readonly error: unknown;
}

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
  /** Sends what is there; false when there is nothing or a file is still on its way up. */
  readonly submit: () => boolean;
  readonly stopTyping: () => void;
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
function wayOf(way: Way | null, isNote: boolean) {
  return way?.inbox_id && !isNote ? { inboxId: way.inbox_id, to: way.to } : null;
}

/** What is being written in one conversation. */
export function openComposer(conversationId: string): Composer {
  const draft = readDraft(conversationId);
  const text = signal(draft.text);
  const isNote = signal(draft.isNote);
  const uploads = signal<readonly Upload[]>([]);
  const ways = openWays(conversationId);
  const typing = typingSignals(conversationId);
  const keep = () => keepDraft(conversationId, { text: text.peek(), isNote: isNote.peek() });

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

  return {
    text,
    isNote,
    uploads,
    ways,
    input: (value) => {
      text.value = value;
      keep();
      // A customer must not see that a note about them is being written.
      if (value && !isNote.peek()) typing.say();
      else typing.stop();
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
    submit: () => {
      const body = text.peek().trim();
      const ready = isNote.peek() ? [] : uploads.peek().filter((one) => one.attachment);
      const isWaiting = uploads.peek().some((one) => !one.attachment && !one.error);
      if (isWaiting || (!body && ready.length === 0)) return false;
      write(conversationId, {
        body,
        isNote: isNote.peek(),
        attachmentIds: ready.flatMap(({ attachment }) => attachment?.id ?? []),
        attachmentNames: ready.map(({ file }) => file.name),
        way: wayOf(ways.chosen.peek(), isNote.peek()),
      });
      text.value = "";
      if (!isNote.peek()) uploads.value = [];
      typing.stop();
      keep();
      return true;
    },
    stopTyping: typing.stop,
  };
}
