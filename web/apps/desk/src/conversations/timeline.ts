import type { Message } from "../api/conversations.ts";

/** A message that left the composer and is not yet known to be stored. */
export interface Outgoing {
  readonly clientId: string;
  readonly body: string;
  readonly isNote: boolean;
  readonly attachmentNames: readonly string[];
  readonly state: "sending" | "failed";
  readonly createdAt: string;
}

export type Entry =
  | { readonly is: "day"; readonly key: string; readonly at: string }
  | {
      readonly is: "message";
      readonly key: string;
      readonly message: Message;
      readonly isFirst: boolean;
    }
  | { readonly is: "outgoing"; readonly key: string; readonly outgoing: Outgoing };

const TOGETHER_MS = 5 * 60_000;

function isContinued(before: Message | undefined, message: Message): boolean {
  return (
    before !== undefined &&
    before.sender_kind === message.sender_kind &&
    before.kind === message.kind &&
    before.staff_id === message.staff_id &&
    Date.parse(message.created_at) - Date.parse(before.created_at) < TOGETHER_MS
  );
}

/** What a moment has beyond its milliseconds. Messages that are stored together, as those that were
 * written while the line was down, are a microsecond apart. */
function microseconds(at: string): number {
  const fraction = /\.(\d+)/.exec(at)?.[1] ?? "";
  return Number(fraction.padEnd(6, "0").slice(3, 6));
}

/** Returns messages in their order, each once: by time, then by id. */
export function ordered(messages: Iterable<Message>): Message[] {
  const byId = new Map<string, Message>();
  for (const message of messages) byId.set(message.id, message);
  return [...byId.values()].sort(
    (a, b) =>
      Date.parse(a.created_at) - Date.parse(b.created_at) ||
      microseconds(a.created_at) - microseconds(b.created_at) ||
      (a.id < b.id ? -1 : a.id > b.id ? 1 : 0),
  );
}

/** Returns what the timeline draws: a line where a day begins, the messages, and at the end what
 * is on its way. What has arrived is no longer on its way. */
export function entriesOf(
  messages: readonly Message[],
  outgoing: readonly Outgoing[],
  dayOf: (at: string) => string,
): Entry[] {
  const entries: Entry[] = [];
  let day = "";
  let before: Message | undefined;
  for (const message of messages) {
    const itsDay = dayOf(message.created_at);
    const isNewDay = itsDay !== day;
    if (isNewDay) entries.push({ is: "day", key: `day-${itsDay}`, at: message.created_at });
    day = itsDay;
    entries.push({
      is: "message",
      key: message.client_id || message.id,
      message,
      isFirst: isNewDay || !isContinued(before, message),
    });
    before = message;
  }
  const arrived = new Set(messages.map((message) => message.client_id));
  for (const one of outgoing) {
    if (arrived.has(one.clientId)) continue;
    entries.push({ is: "outgoing", key: one.clientId, outgoing: one });
  }
  return entries;
}
