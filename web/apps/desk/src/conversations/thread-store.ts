import { type Signal, signal } from "@preact/signals";
import type { TypingSignal } from "@stoa/protocol";
import { showToast } from "@stoa/ui";
import {
  type ConversationRow,
  type Message,
  type MessageBody,
  readConversation,
  readOlder,
} from "../api/conversations.ts";
import type { Act } from "../api/teamwork.ts";
import { wordsFor } from "../app/form.ts";
import { Problem } from "../app/http.ts";
import { command, follow, type LoggedEvent } from "../app/live.ts";
import { firstWay } from "../channels/ways.ts";
import { type Looking, lookAt } from "../teamwork/looking.ts";
import { rowOf, takeRows } from "./list-store.ts";
import { dispatch, type Parcel } from "./outbox.ts";
import { attendTo, reading } from "./reading.ts";
import { ordered } from "./timeline.ts";

/** Somebody writes: the customer with the words so far, or a colleague. */
export interface Typist {
  readonly name: string | null;
  readonly isCustomer: boolean;
  readonly draft: string;
}

const TYPING_LASTS_MS = 6000;

/** One conversation on the screen. It lives from `openThread` to `close`. */
export interface Thread {
  readonly id: string;
  readonly messages: Signal<readonly Message[]>;
  readonly readSeq: Signal<number>;
  /** The cursor of older messages; null at the beginning. */
  readonly before: Signal<string | null>;
  readonly isLoading: Signal<boolean>;
  readonly error: Signal<Error | null>;
  /** Whether the customer has the counter open; null: nothing was heard of it yet. */
  readonly isHere: Signal<boolean | null>;
  readonly typists: Signal<ReadonlyMap<string, Typist>>;
  /** Colleagues who have it open as well. */
  readonly looking: Looking;
  readonly load: () => Promise<void>;
  readonly loadOlder: () => Promise<void>;
  /** Says whether the end is in sight, as often as something changes. */
  readonly show: (isInSight: boolean) => void;
  readonly close: () => void;
}

/** Returns messages with one added or replaced. */
export function withMessage(messages: readonly Message[], one: Message): Message[] {
  return ordered([...messages, one]);
}

function typingOf(typists: Signal<ReadonlyMap<string, Typist>>, ownId: string | undefined) {
  const timers = new Map<string, number>();
  const remove = (key: string) => {
    clearTimeout(timers.get(key));
    timers.delete(key);
    if (!typists.peek().has(key)) return;
    const rest = new Map(typists.peek());
    rest.delete(key);
    typists.value = rest;
  };
  return {
    hear: (data: TypingSignal) => {
      const key = data.sender_kind === "customer" ? "customer" : (data.staff_id ?? "");
      if (key === ownId) return;
      if (!data.is_typing) return remove(key);
      clearTimeout(timers.get(key));
      timers.set(key, window.setTimeout(remove, TYPING_LASTS_MS, key));
      const isCustomer = key === "customer";
      const typist = { name: data.staff_name, isCustomer, draft: data.draft };
      typists.value = new Map(typists.peek()).set(key, typist);
    },
    /** A message ends its writer's typing. */
    end: (message: MessageBody) =>
      remove(message.sender_kind === "customer" ? "customer" : (message.staff_id ?? "")),
    clear: () => {
      for (const timer of timers.values()) clearTimeout(timer);
    },
  };
}

/** Opens a conversation: its snapshot, then both of its topics from where the snapshot stood. */
export function openThread(id: string, ownId: string | undefined): Thread {
  const messages = signal<readonly Message[]>([]);
  const readSeq = signal(0);
  const before = signal<string | null>(null);
  const isLoading = signal(false);
  const error = signal<Error | null>(null);
  const isHere = signal<boolean | null>(null);
  const typists = signal<ReadonlyMap<string, Typist>>(new Map());
  const typing = typingOf(typists, ownId);
  const looking = lookAt(id, ownId);
  let unfollow: (() => void)[] = [];
  let isClosed = false;
  const read = reading(id, (seq) => command("message.read", { conversation_id: id, seq }));

  function onEvent({ type, data, seq }: LoggedEvent) {
    if (type === "message.added") {
      messages.value = withMessage(messages.peek(), { ...data.message, seq });
      typing.end(data.message);
    } else if (type === "message.changed") {
      messages.value = withMessage(messages.peek(), data.message);
    } else if (type === "message.read" && data.reader === "customer") {
      readSeq.value = Math.max(readSeq.peek(), data.seq);
    } else if (type === "message.read") {
      read.know(data.seq);
    }
  }

  async function takeSnapshot() {
    const snapshot = await readConversation(id);
    const { conversation, timeline } = snapshot;
    takeRows([conversation]);
    messages.value = ordered([...messages.peek(), ...timeline.messages]);
    if (messages.peek().length <= timeline.messages.length) before.value = timeline.before;
    readSeq.value = conversation.customer_read_seq;
    read.know(conversation.agent_read_seq);
    return snapshot;
  }

  async function load() {
    isLoading.value = true;
    error.value = null;
    try {
      const { seq, notes_seq } = await takeSnapshot();
      if (isClosed) return;
      for (const stop of unfollow) stop();
      const signals = { typing: typing.hear, look: looking.hear };
      unfollow = [
        follow(`conversation:${id}`, seq, {
          onEvent,
          signals,
          resync: async () => (await takeSnapshot()).seq,
        }),
        follow(`notes:${id}`, notes_seq, {
          onEvent,
          signals: { ...signals, "customer.here": ({ is_here }) => (isHere.value = is_here) },
          resync: async () => (await takeSnapshot()).notes_seq,
        }),
      ];
      looking.begin();
    } catch (problem) {
      if (!(problem instanceof Error)) throw problem;
      error.value = problem;
    } finally {
      isLoading.value = false;
    }
  }

  async function loadOlder() {
    const cursor = before.peek();
    if (cursor === null || isLoading.peek()) return;
    isLoading.value = true;
    try {
      const page = await readOlder(id, cursor);
      messages.value = ordered([...page.messages, ...messages.peek()]);
      before.value = page.before;
    } finally {
      isLoading.value = false;
    }
  }

  function show(isInSight: boolean) {
    const last = messages.peek().findLast(({ sender_kind }) => sender_kind === "customer");
    read.show(isInSight && last ? last.seq : null);
  }

  function close() {
    isClosed = true;
    read.stop();
    typing.clear();
    looking.close();
    for (const stop of unfollow) stop();
  }

  return {
    id,
    messages,
    readSeq,
    before,
    isLoading,
    error,
    isHere,
    typists,
    looking,
    load,
    loadOlder,
    show,
    close,
  };
}

/** Carries a parcel over the line: a note or a message. */
export async function carry(parcel: Parcel): Promise<void> {
  const common = {
    conversation_id: parcel.conversationId,
    client_id: parcel.clientId,
    body: parcel.body,
  };
  const way = parcel.way === "first" ? await firstWay(parcel.conversationId) : parcel.way;
  if (parcel.isNote) await command("note.add", common);
  else if (way)
    await command("message.answer", {
      ...common,
      inbox_id: way.inboxId,
      to: way.to,
      attachments: [...parcel.attachmentIds],
    });
  else await command("message.send", { ...common, attachments: [...parcel.attachmentIds] });
  if (parcel.acts?.length) await followUp(parcel.conversationId, [...parcel.acts]);
}

/** Does what a macro wants done after its reply. The reply is stored, whatever comes of this. */
async function followUp(conversationId: string, acts: Act[]) {
  try {
    await command("conversation.act", { conversation_id: conversationId, acts });
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    showToast({ text: wordsFor(error), tone: "bad" });
  }
}

/** Returns an id for something new, made before it is first sent. (`randomUUID` is missing on pages
 * without TLS, and a desk may well run in a local network.) */
export function newClientId(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** Writes into a conversation; it shows at once and stays until it is stored. */
export function write(
  conversationId: string,
  what: Pick<Parcel, "body" | "isNote" | "attachmentIds" | "attachmentNames" | "acts" | "way">,
): void {
  const parcel: Parcel = {
    ...what,
    conversationId,
    clientId: newClientId(),
    state: "sending",
    createdAt: new Date().toISOString(),
  };
  attendTo(conversationId);
  void dispatch(parcel, carry);
}

/** Says which conversation is acted upon, which also means that it has been read. */
function on(conversationId: string) {
  attendTo(conversationId);
  return { conversation_id: conversationId };
}

export const claim = (id: string) => command("conversation.claim", on(id));
export const assign = (id: string, staffId: string | null, note = "") =>
  command("conversation.assign", {
    ...on(id),
    staff_id: staffId,
    client_id: newClientId(),
    note,
  });
/** It is nobody's, and waits in that queue for somebody of its team. */
export const passOn = (id: string, queueId: string, note = "") =>
  command("conversation.queue", {
    ...on(id),
    queue_id: queueId,
    client_id: newClientId(),
    note,
  });
export const reopen = (id: string) => command("conversation.reopen", on(id));
export const withdraw = (proposalId: string) =>
  command("proposal.withdraw", { proposal_id: proposalId });
export const sendTranscript = (id: string) => command("conversation.transcript", on(id));

/** Returns the conversation's row, which the thread has put into the list. */
export function conversationOf(id: string): ConversationRow | null {
  return rowOf(id);
}
