import type { VisitRow } from "../api/radar.ts";

/** Whether someone who is in the shop shows signs of trouble and talks to nobody yet. */
export function isNeedy(visit: Pick<VisitRow, "is_online" | "score" | "conversation_id">): boolean {
  return visit.is_online && visit.score > 0 && visit.conversation_id === null;
}
