import { computed, effect, signal } from "@preact/signals";
import { boot } from "./boot.ts";
import { isShown } from "./host.ts";
import { keep, kept } from "./kept.ts";
import { follow, lineState, onSignal } from "./line.ts";
import { formats, tag } from "./texts.ts";
import type { ChannelsView, ChannelView } from "./types.ts";

const LOOK_AGAIN_MS = 15_000;
// What this counter can open; a server may know more.
const OPENED_HERE = new Set(["chat", "call", "message"]);

const told = signal<readonly ChannelView[] | null>(null);
// Where only some of those who are there serve a language, its customers see what that means.
const known = computed(
  () => told.value?.map((one) => ({ ...one, ...one.by_locale[tag.value] })) ?? null,
);
export const hasFailed = signal(false);
export const lastChoice = signal(kept("channel"));

/** The channels with their truth right now, the customer's last choice first; null until known. */
export const channels = computed(() => {
  const list = known.value;
  if (!list) return null;
  const isLast = (one: ChannelView) => (one.code === lastChoice.value && one.is_available ? 0 : 1);
  const here = list.filter((one) => OPENED_HERE.has(one.code));
  return here.sort((a, b) => isLast(a) - isLast(b));
});

export const chat = computed(() => known.value?.find((one) => one.code === "chat"));
/** What the shop says of a channel while it is closed, in the reader's language if it can. */
export function wordsWhileClosed(channel: ChannelView | undefined): string | undefined {
  const words = channel?.words ?? {};
  const text = words[tag.value] ?? words[boot.locale] ?? Object.values(words)[0];
  const opens = channel?.opens_at ? formats.value.moment(channel.opens_at) : "…";
  return text?.replaceAll("{{opens}}", opens);
}

/** Whether somebody would answer a call right now. */
export const canCall = computed(
  () => known.value?.some((one) => one.code === "call" && one.is_available) ?? false,
);

/** The channel is what the customer is offered first next time. */
export function choose(code: string): void {
  lastChoice.value = code;
  keep("channel", code);
}

/* How many looks were asked for, and up to which of them something newer is known. */
let asked = 0;
let settled = 0;

export async function look(): Promise<void> {
  const mine = ++asked;
  try {
    const response = await fetch(`/api/counter/channels?shop_id=${boot.shop_id}`);
    if (!response.ok) throw new Error(String(response.status));
    const { channels } = (await response.json()) as ChannelsView;
    hasFailed.value = false;
    if (mine <= settled) return;
    settled = mine;
    told.value = channels;
  } catch {
    hasFailed.value = told.value === null;
  }
}

/** The states stay true for as long as the panel is open: over the line where there is one. */
export function watchChannels(): void {
  let timer = 0;
  let isHeard = false;
  effect(() => {
    if (isShown.value) look();
  });
  effect(() => {
    clearInterval(timer);
    const mustAsk = isShown.value && lineState.value !== "live";
    if (mustAsk) timer = window.setInterval(look, LOOK_AGAIN_MS);
  });
  effect(() => {
    if (isHeard || lineState.value !== "live") return;
    isHeard = true;
    onSignal("channels", (data) => {
      // What was asked for before this came knows less.
      settled = asked;
      told.value = data.channels;
    });
    // Nothing but signals travels on this topic, and only what changes is told.
    follow(`channels:${boot.shop_id}`, {
      after: null,
      event: () => undefined,
      resync: async () => null,
      joined: () => void (isShown.peek() && look()),
    });
  });
}
