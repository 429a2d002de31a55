import type { ConversationRow } from "../api/conversations.ts";

/** When an agent should hear of a row: at once, or if nobody was given it after a moment. */
export type Calls = "now" | "later" | null;

/** How a change of a row calls this agent. Where there are teams, somebody is given it right after
 * it came, and only they need to hear of it. */
export function callsFor(
  row: ConversationRow,
  before: ConversationRow | null,
  staffId: string,
  hasTeams: boolean,
): Calls {
  if (row.state !== "open" || row.last_sender_kind !== "customer") return null;
  const isNew = row.unread_count > (before?.unread_count ?? 0);
  if (row.assignee_id === staffId) {
    const isGiven = hasTeams && row.unread_count > 0 && before?.assignee_id !== staffId;
    return isNew || isGiven ? "now" : null;
  }
  // Whoever had it is not there any more: their customer is everybody's.
  const isFreed = row.unread_count > 0 && before !== null && before.assignee_id !== null;
  if (row.assignee_id !== null || !(isNew || isFreed)) return null;
  return hasTeams ? "later" : "now";
}

/** Whether a row that nobody was given calls this agent, who is in these teams. */
export function stillCalls(row: ConversationRow, teamIds: ReadonlySet<string>): boolean {
  const isTheirs = row.team_id === null || teamIds.has(row.team_id);
  return row.state === "open" && row.assignee_id === null && row.unread_count > 0 && isTheirs;
}
