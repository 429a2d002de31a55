import type { ListCounts } from "@stoa/protocol";
import type { ConversationRow } from "../api/conversations.ts";
import type { View } from "../app/router.ts";

/** Whether a conversation belongs into a view for this member of staff. */
export function belongs(row: ConversationRow, view: View, staffId: string | undefined): boolean {
  if (view === "closed") return row.state === "closed";
  if (row.state === "closed") return false;
  if (row.snoozed_at) return false;
  if (view === "mine") return row.assignee_id === staffId;
  return view === "all" || row.assignee_id === null;
}

/** Returns the counts after a row became `after`; of a row that was never seen before, only a
 * conversation that has just begun is known to be counted nowhere yet. */
export function recounted(
  known: ListCounts,
  before: ConversationRow | null,
  after: ConversationRow,
  staffId: string,
): ListCounts {
  if (!before && after.message_count > 1) return known;
  const change = (isIn: (row: ConversationRow) => boolean) =>
    Number(isIn(after)) - Number(before !== null && isIn(before));
  const inView = (view: View) => change((row) => belongs(row, view, staffId));
  const isWaiting = (row: ConversationRow) =>
    row.waiting_since !== null &&
    (belongs(row, "mine", staffId) || belongs(row, "unassigned", staffId));
  return {
    mine: Math.max(0, known.mine + inView("mine")),
    unassigned: Math.max(0, known.unassigned + inView("unassigned")),
    all: Math.max(0, known.all + inView("all")),
    waiting: Math.max(0, known.waiting + change(isWaiting)),
  };
}
