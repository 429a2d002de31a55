import type { ConversationRow } from "../api/conversations.ts";

/** Whether a change of a row is a customer's word that this agent should hear. */
export function callsFor(
  row: ConversationRow,
  before: number | undefined,
  staffId: string,
): boolean {
  const isNew = row.unread_count > (before ?? 0);
  const isForMe = row.assignee_id === null || row.assignee_id === staffId;
  return isNew && isForMe && row.state === "open" && row.last_sender_kind === "customer";
}
