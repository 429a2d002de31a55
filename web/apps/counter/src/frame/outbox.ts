import type { MessageView } from "@stoa/protocol";
import { keep, kept } from "./kept.ts";
import type { Draft, Pending } from "./timeline.ts";

/* Every message that ever waited in this tab. What other tabs keep is theirs. */
const mine = new Set<string>();

function stored(): Draft[] {
  return JSON.parse(kept("outbox") ?? "[]") as Draft[];
}

/** What the server has not stored yet survives a reload of the page; other tabs' stays. */
export function keepOutbox(pending: readonly Pending[]): void {
  for (const { client_id } of pending) mine.add(client_id);
  const waiting = pending.filter((one) => one.state !== "sent");
  const drafts = [
    ...stored().filter((one) => !mine.has(one.client_id)),
    ...waiting.map(({ client_id, body, attachments, created_at }) => ({
      client_id,
      body,
      attachments,
      created_at,
    })),
  ];
  keep("outbox", drafts.length ? JSON.stringify(drafts) : "");
}

/** Returns what an earlier page could not send. Sending it twice is harmless: its name stays. */
export function recallOutbox(
  pending: readonly Pending[],
  messages: readonly MessageView[],
): Pending[] {
  const known = new Set([...pending, ...messages].map((one) => one.client_id));
  return stored()
    .filter((one) => !known.has(one.client_id) && !mine.has(one.client_id))
    .map((draft) => ({ ...draft, state: "sending" }));
}
