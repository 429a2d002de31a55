import type { ListCounts } from "@stoa/protocol";
import type { ConversationRow } from "../api/conversations.ts";
import type { View } from "../app/router.ts";
import { filtersOf, fits } from "../teamwork/views.ts";

/** The server counts up to here. */
export const COUNT_MAX = 1000;

/** Whether a conversation belongs into a view for this member of staff. */
export function belongs(row: ConversationRow, view: View, staffId: string | undefined): boolean {
  const filters = filtersOf(view);
  return filters !== null && fits(row, filters, staffId);
}

/** Returns the counts after a row became `after`; of a row that was never seen before, only a
 * conversation that has just begun is known to be counted nowhere yet. What nobody has is not
 * waiting for this member of staff where it is for a team they are not in: `isForOthers`. */
export function recounted(
  known: ListCounts,
  before: ConversationRow | null,
  after: ConversationRow,
  staffId: string,
  isForOthers: (row: ConversationRow) => boolean = () => false,
): ListCounts {
  if (!before && after.message_count > 1) return known;
  const change = (isIn: (row: ConversationRow) => boolean) =>
    Number(isIn(after)) - Number(before !== null && isIn(before));
  const inView = (view: View) => change((row) => belongs(row, view, staffId));
  // What was counted to the end only changes with the next count.
  const moved = (count: number, by: number) =>
    count >= COUNT_MAX ? count : Math.max(0, count + by);
  const isWaiting = (row: ConversationRow) =>
    row.waiting_since !== null &&
    (belongs(row, "mine", staffId) || (belongs(row, "unassigned", staffId) && !isForOthers(row)));
  return {
    mine: moved(known.mine, inView("mine")),
    unassigned: moved(known.unassigned, inView("unassigned")),
    all: moved(known.all, inView("all")),
    waiting: moved(known.waiting, change(isWaiting)),
  };
}
