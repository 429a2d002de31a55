import { effect } from "@preact/signals";
import type { ConversationRow, StaffPresence } from "../api/conversations.ts";
import type { RadarDelta } from "../api/radar.ts";
import {
  listOf,
  loadMore,
  resetLists,
  takeRows,
  waitingCount,
} from "../conversations/list-store.ts";
import { dispatchAll } from "../conversations/outbox.ts";
import { titleOf } from "../conversations/row.tsx";
import { carry } from "../conversations/thread-store.ts";
import { loadRadar, takeRadar } from "../radar/store.ts";
import { takePresence } from "../session/presence.ts";
import { findSession, me } from "../session/store.ts";
import { callAttention, unread } from "./attention.ts";
import { follow, line, onBack, openLine } from "./live.ts";
import { go, route } from "./router.ts";

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

function open(row: ConversationRow) {
  const isMine = row.assignee_id === me.peek()?.id;
  go({ page: "inbox", view: isMine ? "mine" : "all", id: row.id });
}

function onListed(row: ConversationRow) {
  const known = listOf("all")
    .peek()
    .find(({ id }) => id === row.id);
  const [changed] = takeRows([row]);
  const staffId = me.peek()?.id;
  if (!changed || !staffId || !callsFor(row, known?.unread_count, staffId)) return;
  const at = route.peek();
  const isLookedAt = at.page === "inbox" && at.id === row.id && document.hasFocus();
  if (!isLookedAt) callAttention(titleOf(row), row.last_message_preview, () => open(row));
}

async function hearList(isStopped: () => boolean): Promise<() => void> {
  const at = route.peek();
  // The list of all open conversations is what the counts and the sound are made from.
  const seq = await loadMore("all");
  if (at.page === "inbox" && at.view !== "all") await loadMore(at.view);
  if (isStopped()) return () => {};
  return follow("desk", seq, {
    onEvent: (type, data) => {
      if (type === "conversation.listed") {
        onListed((data as { conversation: ConversationRow }).conversation);
      }
    },
    resync: async () => {
      resetLists();
      return loadMore("all");
    },
  });
}

/** Hears everything the desk shows on every page: the list, the radar, who is there. It fetches
 * them first, and returns how to stop. */
export function startHearing(): () => void {
  const closeLine = openLine(() => void findSession());
  let isStopped = false;
  let stopList = () => {};
  void hearList(() => isStopped).then((stop) => {
    if (isStopped) stop();
    else stopList = stop;
  });
  void loadRadar();
  const stops = [
    follow("radar", null, {
      signals: { "radar.changed": (data) => takeRadar(data as RadarDelta) },
    }),
    onBack(() => void loadRadar()),
    follow("presence", null, {
      signals: { presence: (data) => takePresence((data as { staff: StaffPresence[] }).staff) },
    }),
    effect(() => {
      unread.value = waitingCount.value;
    }),
    effect(() => {
      if (line.value === "live") void dispatchAll(carry);
    }),
  ];
  return () => {
    isStopped = true;
    stopList();
    for (const stop of stops) stop();
    closeLine();
  };
}
