import { computed, signal } from "@preact/signals";
import type { Subscription } from "@stoa/client";
import type { EventFrame, Events, TypingSignal } from "@stoa/protocol";
import { boot } from "./boot.ts";
import { page } from "./host.ts";
import { keep, kept, onKeptElsewhere } from "./kept.ts";
import { command, connect, follow, onReconnect, onSignal, tellSignal } from "./line.ts";
import { keepOutbox, recallOutbox } from "./outbox.ts";
import { tag } from "./texts.ts";
import {
  arrived,
  type Draft,
  newClientId,
  newestSeq,
  type Pending,
  withMessage,
} from "./timeline.ts";
import type {
  AttachmentView,
  ConversationView,
  CustomerConversation,
  MessageView,
} from "./types.ts";

/** How far the conversation has been fetched. */
export const state = signal<"unknown" | "loading" | "failed" | "none" | "ready">("unknown");
export const conversation = signal<ConversationView | null>(null);
export const messages = signal<readonly MessageView[]>([]);
export const pending = signal<readonly Pending[]>([]);
export const older = signal<string | null>(null);
export const attachmentKey = signal("");
/** Who at the shop is typing right now. */
export const typist = signal<string | null>(null);
/** What came in last from the shop, for screen readers. */
export const spoken = signal<MessageView | null>(null);

export const unread = computed(() => {
  const seen = conversation.value?.customer_read_seq ?? 0;
  return messages.value.filter((one) => one.sender_kind === "agent" && one.seq > seen).length;
});
export const isRunning = computed(() => conversation.value?.state === "open");

let following: Subscription | undefined;
let typistTimer = 0;

let isListening = false;

let resuming: Promise<void> | undefined;

/** The newest conversation of this visitor is here, if there is one. */
export function resume(): Promise<void> {
  resuming ??= ask().finally(() => {
    resuming = undefined;
  });
  return resuming;
}

async function ask(): Promise<void> {
  // Who has a composer already goes on writing meanwhile.
  if (state.value === "unknown" || state.value === "failed") state.value = "loading";
  const before = kept("conversation");
  try {
    await connect();
    if (!isListening) onSignal("typing", hearTyping);
    isListening = true;
    const answer = await command("conversation.resume", { shop_id: boot.shop_id });
    const recalled = recallOutbox(pending.value, answer.conversation?.timeline.messages ?? []);
    pending.value = [...pending.value, ...recalled];
    if (answer.conversation) take(answer.conversation);
    else if (!conversation.value) state.value = "none";
    for (const draft of recalled) queue(draft);
    // Another tab began one while this was asked.
    if (!answer.conversation && kept("conversation") !== before) await ask();
  } catch (problem) {
    if (state.value === "loading") state.value = "failed";
    throw problem;
  }
}

/* A late answer knows less than what has been heard of the same conversation since. */
function take(snapshot: CustomerConversation) {
  const isHere = conversation.value?.id === snapshot.conversation.id;
  const heard = isHere ? (following?.seq ?? 0) : 0;
  if (snapshot.seq >= heard) show(snapshot);
  state.value = "ready";
}

/* A snapshot and the events after its seq give what another reader sees (docs: protocol). */
function show(snapshot: CustomerConversation) {
  const { id } = snapshot.conversation;
  const isOther = conversation.value?.id !== id;
  conversation.value = snapshot.conversation;
  attachmentKey.value = snapshot.attachment_key;
  messages.value = snapshot.timeline.messages;
  older.value = snapshot.timeline.before;
  pending.value = arrived(pending.value, snapshot.timeline.messages);
  keepOutbox(pending.value);
  if (kept("conversation") !== id) keep("conversation", id);
  if (!isOther && following) return;
  following?.close();
  following = follow(`conversation:${id}`, {
    after: snapshot.seq,
    event: hear,
    resync: () => refetch(id),
  });
}

async function refetch(id: string): Promise<number> {
  const snapshot = await command("conversation.open", { conversation_id: id });
  show(snapshot);
  return snapshot.seq;
}

function hear({ type, seq, data }: EventFrame) {
  if (type === "message.added") {
    const { message } = data as unknown as Events["message.added"];
    add({ ...message, seq });
  } else if (type === "message.changed") {
    const { message } = data as unknown as Events["message.changed"];
    const isHere = messages.value.some((one) => one.id === message.id);
    if (isHere) messages.value = withMessage(messages.value, message);
  } else if (type === "message.read") {
    const { reader, seq: upTo } = data as unknown as Events["message.read"];
    const now = conversation.value;
    if (!now) return;
    const field = reader === "agent" ? "agent_read_seq" : "customer_read_seq";
    conversation.value = { ...now, [field]: Math.max(now[field], upTo) };
  } else if (type === "conversation.changed") {
    conversation.value = (data as unknown as Events["conversation.changed"]).conversation;
  }
}

function add(message: MessageView) {
  messages.value = withMessage(messages.value, message);
  pending.value = arrived(pending.value, [message]);
  keepOutbox(pending.value);
  if (message.sender_kind === "customer") return;
  typist.value = null;
  spoken.value = message;
}

function hearTyping(data: TypingSignal) {
  if (data.sender_kind !== "agent" || data.conversation_id !== conversation.value?.id) return;
  clearTimeout(typistTimer);
  typist.value = data.is_typing ? (data.staff_name ?? boot.shop_name) : null;
  typistTimer = window.setTimeout(() => {
    typist.value = null;
  }, 8_000);
}

/** Earlier messages stand before those already here. */
export async function fetchOlder(): Promise<void> {
  const now = conversation.value;
  if (!now || !older.value) return;
  const answer = await command("conversation.open", {
    conversation_id: now.id,
    before: older.value,
  });
  if (conversation.value?.id !== now.id) return;
  const known = new Set(messages.value.map((one) => one.id));
  const earlier = answer.timeline.messages.filter((one) => !known.has(one.id));
  messages.value = [...earlier, ...messages.value];
  older.value = answer.timeline.before;
}

// ---- sending ------------------------------------------------------------------------------------

let sending: Promise<void> = Promise.resolve();

/** The message is on its way and drawn at once; it counts as sent only after the server's commit. */
export function send(body: string, attachments: readonly AttachmentView[]): void {
  const draft: Draft = {
    client_id: newClientId(),
    body,
    attachments,
    created_at: new Date().toISOString(),
  };
  pending.value = [...pending.value, { ...draft, state: "sending" }];
  keepOutbox(pending.value);
  queue(draft);
}

export function sendAgain(clientId: string): void {
  const one = pending.value.find((candidate) => candidate.client_id === clientId);
  if (!one) return;
  mark(clientId, "sending");
  queue(one);
}

export function discard(clientId: string): void {
  pending.value = pending.value.filter((one) => one.client_id !== clientId);
  keepOutbox(pending.value);
}

/* One after the other, so that two quick messages arrive in the order they were written. */
function queue(draft: Draft) {
  sending = sending.then(() => deliver(draft));
}

async function deliver(draft: Draft): Promise<void> {
  if (!pending.value.some((one) => one.client_id === draft.client_id)) return;
  const content = {
    client_id: draft.client_id,
    body: draft.body,
    attachments: draft.attachments.map((one) => one.id),
  };
  try {
    if (conversation.value) {
      const conversation_id = conversation.value.id;
      await command("message.send", { ...content, conversation_id });
    } else {
      const { url: page_url } = page.value;
      const place = { shop_id: boot.shop_id, locale: tag.value, page_url };
      const started = await command("conversation.start", { ...content, ...place });
      take(started.conversation);
    }
    mark(draft.client_id, "sent");
  } catch (problem) {
    mark(draft.client_id, "failed", problem);
  }
}

function mark(clientId: string, to: Pending["state"], problem?: unknown) {
  pending.value = pending.value.map((one) =>
    one.client_id === clientId ? { ...one, state: to, problem } : one,
  );
  keepOutbox(pending.value);
}

// ---- reading, typing, ending --------------------------------------------------------------------

/** Everything that is here has been seen by the customer. */
export function markRead(): void {
  const now = conversation.value;
  const seq = newestSeq(messages.value);
  if (!now || seq <= now.customer_read_seq) return;
  conversation.value = { ...now, customer_read_seq: seq };
  // Not worth a word when it fails: the next look says the same again.
  command("message.read", { conversation_id: now.id, seq }).catch(() => undefined);
}

/** Shows the desk what is being typed, as the customer is told beside the field. */
export function tellTyping(draft: string): void {
  const now = conversation.value;
  if (!now) return;
  const text = draft.slice(0, 1_000);
  tellSignal("typing", { conversation_id: now.id, is_typing: text !== "", draft: text });
}

export async function end(): Promise<void> {
  if (!conversation.value) return;
  await command("conversation.close", { conversation_id: conversation.value.id });
}

export async function askTranscript(email: string): Promise<void> {
  if (!conversation.value) return;
  const { id } = conversation.value;
  await command("conversation.transcript", { conversation_id: id, email: email || null });
}

export async function setContact(name: string, email: string): Promise<void> {
  if (!conversation.value) return;
  const { id } = conversation.value;
  await command("conversation.contact", { conversation_id: id, name, email });
}

export interface LeftMessage {
  readonly name: string;
  readonly email: string;
  readonly body: string;
}

/** A message for later is stored; its conversation is the open one now. */
export async function leaveMessage(message: LeftMessage, clientId: string): Promise<void> {
  const started = await command("conversation.leave", {
    ...message,
    shop_id: boot.shop_id,
    client_id: clientId,
    locale: tag.value,
    consent: true,
    page_url: page.value.url,
  });
  take(started.conversation);
}

export async function answerProposal(id: string, isAccepted: boolean): Promise<void> {
  await command(isAccepted ? "proposal.accept" : "proposal.refuse", { proposal_id: id });
}

/** Another tab that began a conversation brings it here too. */
export function followOtherTabs(): void {
  onKeptElsewhere((name, value) => {
    if (name !== "conversation" || !value || value === conversation.value?.id) return;
    if (state.value !== "unknown") resume().catch(() => undefined);
  });
  onReconnect(() => {
    for (const one of pending.value) if (one.state === "failed") sendAgain(one.client_id);
  });
}
