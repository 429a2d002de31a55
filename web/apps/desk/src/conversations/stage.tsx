import type { ConversationRow } from "../api/conversations.ts";
import { seat } from "../calls/store.ts";
import { CustomersPage } from "../cobrowse/index.tsx";
import { watchedConversation } from "../cobrowse/watched.ts";

/** Whether the customer's page stands beside the conversation: while one speaks with them, or looks
 * at their page. */
export function isStaged(row: ConversationRow): boolean {
  if (!row.visitor_id) return false;
  return seat.value?.call.conversation_id === row.id || watchedConversation.value === row.id;
}

/** The customer's page beside the conversation. */
export function Stage({ row }: { row: ConversationRow }) {
  return (
    <div class="stage">
      <CustomersPage conversationId={row.id} />
    </div>
  );
}
