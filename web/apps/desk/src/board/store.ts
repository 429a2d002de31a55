import { computed, signal } from "@preact/signals";
import { type BoardView, readBoard } from "../api/board.ts";
import type { ConversationRow } from "../api/conversations.ts";
import { hearDesk } from "../app/desk-events.ts";
import { onBack } from "../app/live.ts";
import { resource } from "../app/resource.ts";
import { dueFirst } from "../conversations/list-store.ts";
import { heardPresence } from "../session/presence.ts";
import { shopOf } from "../session/store.ts";
import { prepareBoard } from "./texts.ts";

/* Whoever waits is shown at once; sums are asked for again, this often at most. */
const SUM_EVERY_MS = 3000;
const CHANGING = new Set([
  "conversation.listed",
  "conversation.rated",
  "sla.warned",
  "sla.breached",
]);

const source = resource(async (): Promise<BoardView> => {
  const [view] = await Promise.all([readBoard(shopOf()?.id ?? ""), prepareBoard()]);
  return view;
});
const heard = signal<ReadonlyMap<string, ConversationRow>>(new Map());

export const boardState = source.state;

/** Whoever waits, as told last: by the board or since. */
export const waiting = computed(() => {
  const known = new Map<string, ConversationRow>();
  for (const row of [...(source.state.value.value?.waiting ?? []), ...heard.value.values()]) {
    if ((known.get(row.id)?.version ?? -1) < row.version) known.set(row.id, row);
  }
  const shopId = shopOf()?.id;
  return [...known.values()]
    .filter((row) => row.waiting_since && row.state === "open" && row.shop_id === shopId)
    .filter((row) => !row.snoozed_at)
    .sort(dueFirst);
});

let timer = 0;

export async function loadBoard(): Promise<void> {
  const before = heard.peek();
  await source.load();
  // What was heard while it was fetched may be newer.
  if (heard.peek() === before) heard.value = new Map();
}

function sumSoon(): void {
  if (timer) return;
  timer = window.setTimeout(() => {
    timer = 0;
    void loadBoard();
  }, SUM_EVERY_MS);
}

/** The board is kept true until the returned function is called. */
export function startBoard(): () => void {
  void loadBoard();
  const stops = [
    hearDesk(({ type, data }) => {
      if (type === "conversation.listed") {
        heard.value = new Map(heard.peek()).set(data.conversation.id, data.conversation);
      }
      if (CHANGING.has(type)) sumSoon();
    }),
    heardPresence.subscribe(() => sumSoon()),
    onBack(() => void loadBoard()),
  ];
  return () => {
    for (const stop of stops) stop();
    clearTimeout(timer);
    timer = 0;
    heard.value = new Map();
  };
}
