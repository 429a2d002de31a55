import type { AttachmentView, MessageView } from "./types.ts";

/** A message as it was written, before the server has it. */
export interface Draft {
  readonly client_id: string;
  readonly body: string;
  readonly attachments: readonly AttachmentView[];
  readonly created_at: string;
}

export interface Pending extends Draft {
  /** "sent": the server has stored it, and its event is on the way. */
  readonly state: "sending" | "sent" | "failed";
  readonly problem?: unknown;
}

/** A name for a message that its repetition keeps; also where the page is not served securely, and
 * crypto.randomUUID is missing. */
export function newClientId(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** Returns the list with the message in its place by seq; one of the same id is replaced. */
export function withMessage(
  list: readonly MessageView[],
  message: MessageView,
): readonly MessageView[] {
  const at = list.findIndex((one) => one.id === message.id);
  if (at >= 0) return list.with(at, message);
  const after = list.findLastIndex((one) => one.seq < message.seq);
  return list.toSpliced(after + 1, 0, message);
}

/** Returns what is still waiting once these messages have come back from the server. */
export function arrived(
  list: readonly Pending[],
  messages: readonly MessageView[],
): readonly Pending[] {
  if (list.length === 0) return list;
  const known = new Set(messages.map((one) => one.client_id));
  return list.filter((one) => !known.has(one.client_id));
}

export function newestSeq(list: readonly MessageView[]): number {
  return list.at(-1)?.seq ?? 0;
}

/** Messages of one sender that follow each other closely, under one name and one time. */
export interface Group {
  readonly key: string;
  readonly sender: MessageView["sender_kind"];
  readonly name: string;
  readonly messages: readonly MessageView[];
}

export interface Day {
  readonly key: string;
  readonly at: Date;
  readonly groups: readonly Group[];
}

const TOGETHER_MS = 5 * 60_000;

function dayKey(at: Date): string {
  return `${at.getFullYear()}-${at.getMonth()}-${at.getDate()}`;
}

function belongs(group: Group | undefined, message: MessageView, at: Date): boolean {
  const last = group?.messages.at(-1);
  if (!group || !last || message.sender_kind === "system") return false;
  if (group.sender !== message.sender_kind || group.name !== (message.staff_name ?? ""))
    return false;
  return at.getTime() - new Date(last.created_at).getTime() < TOGETHER_MS;
}

/** Returns the messages by the reader's days, and within a day by sender. */
export function grouped(messages: readonly MessageView[]): Day[] {
  const days: { key: string; at: Date; groups: (Group & { messages: MessageView[] })[] }[] = [];
  for (const message of messages) {
    const at = new Date(message.created_at);
    let day = days.at(-1);
    if (day?.key !== dayKey(at)) {
      day = { key: dayKey(at), at, groups: [] };
      days.push(day);
    }
    const group = day.groups.at(-1);
    if (group && belongs(group, message, at)) group.messages.push(message);
    else {
      day.groups.push({
        key: message.id,
        sender: message.sender_kind,
        name: message.staff_name ?? "",
        messages: [message],
      });
    }
  }
  return days;
}
