import { effect } from "@preact/signals";
import type { Events } from "@stoa/protocol";
import type { ConversationRow } from "../api/conversations.ts";
import { hearTold } from "../automation/told.ts";
import { startCalls } from "../calls/store.ts";
import { callsFor, stillCalls } from "../conversations/calls.ts";
import { recounted } from "../conversations/counting.ts";
import { timeUntil } from "../conversations/due.tsx";
import {
  countNow,
  countSoon,
  counts,
  loadMore,
  resetLists,
  rowOf,
  takeRows,
  waitingCount,
} from "../conversations/list-store.ts";
import { dispatchAll } from "../conversations/outbox.ts";
import { titleOf } from "../conversations/row.tsx";
import { carry } from "../conversations/thread-store.ts";
import { loadRadar, takeRadar } from "../radar/store.ts";
import { isAway, takePresence, tellPresence } from "../session/presence.ts";
import { findSession, me } from "../session/store.ts";
import { isOfOtherTeam, startTeams, teams, teamsOf } from "../teams/store.ts";
import { takeTag } from "../teamwork/tags.ts";
import { countViewsSoon } from "../teamwork/views.ts";
import { callAttention, unread } from "./attention.ts";
import { tellDesk } from "./desk-events.ts";
import { follow, line, openLine } from "./live.ts";
import { go, route } from "./router.ts";
import { t } from "./texts.ts";

function open(row: ConversationRow) {
  const isMine = row.assignee_id === me.peek()?.id;
  go({ page: "inbox", view: isMine ? "mine" : "all", id: row.id });
}

const GIVEN_OUT_WITHIN_MS = 1500;

function onListed(row: ConversationRow) {
  const known = rowOf(row.id);
  const [changed] = takeRows([row]);
  countSoon();
  countViewsSoon();
  const staffId = me.peek()?.id;
  if (!changed || !staffId) return;
  counts.value = recounted(counts.peek(), known, row, staffId, (one) =>
    isOfOtherTeam(one.team_id, staffId),
  );
  const calls = callsFor(row, known, staffId, teams.peek().length > 0);
  if (calls === "now") callFor(row);
  if (calls === "later") setTimeout(() => callIfLeft(row.id, staffId), GIVEN_OUT_WITHIN_MS);
}

/** Nobody was given it by rule: whoever may take it hears of it. */
function callIfLeft(id: string, staffId: string) {
  const row = rowOf(id);
  if (row && stillCalls(row, teamsOf(staffId))) callFor(row);
}

function callFor(row: ConversationRow) {
  const at = route.peek();
  const isLookedAt = at.page === "inbox" && at.id === row.id && document.hasFocus();
  if (!isLookedAt) callAttention(titleOf(row), row.last_message_preview, () => open(row));
}

/** An answer that this person owes, or anybody of their teams, is due soon, or late. */
function onDue(type: "sla.warned" | "sla.breached", data: Events["sla.warned"]) {
  const row = rowOf(data.conversation_id);
  const staffId = me.peek()?.id;
  if (!row || !staffId) return;
  const isTheirs = data.assignee_id === staffId;
  const isAnybodys = !data.assignee_id && !isAway.peek();
  if (!isTheirs && !(isAnybodys && stillCalls(row, teamsOf(staffId)))) return;
  const words =
    type === "sla.warned"
      ? t("due.warned", { time: timeUntil(data.due_at, Date.now()) })
      : t("due.breached");
  callAttention(titleOf(row), words, () => open(row));
}

/** Hears the list from a moment before its pages are fetched: a row that comes twice is known by its
 * version. */
async function hearList(isStopped: () => boolean): Promise<() => void> {
  const seq = await countNow();
  if (isStopped()) return () => {};
  const stop = follow("desk", seq, {
    onEvent: (event) => {
      const { type, data } = event;
      tellDesk(event);
      if (type === "sla.warned" || type === "sla.breached") onDue(type, data);
      if (type === "conversation.listed") onListed(data.conversation);
      if (type === "tag.changed") takeTag(data.tag);
    },
    resync: async () => {
      const again = await countNow();
      resetLists();
      await loadFirstPages();
      return again;
    },
  });
  await loadFirstPages();
  return stop;
}

/** What waits for this agent is told on every page. */
async function loadFirstPages(): Promise<void> {
  await Promise.all([loadMore("all"), loadMore("mine"), loadMore("unassigned")]);
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
    startCalls(),
    startTeams(),
    hearTold(me.peek()?.id ?? ""),
    follow("radar", null, {
      signals: { "radar.changed": takeRadar },
      joined: () => void loadRadar(),
    }),
    follow("presence", null, {
      signals: { presence: ({ staff }) => takePresence(staff) },
    }),
    effect(() => {
      unread.value = waitingCount.value;
    }),
    effect(() => {
      if (line.value !== "live") return;
      void dispatchAll(carry);
      if (isAway.peek()) void tellPresence();
    }),
  ];
  return () => {
    isStopped = true;
    stopList();
    for (const stop of stops) stop();
    closeLine();
  };
}
