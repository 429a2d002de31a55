import { type Signal, signal } from "@preact/signals";
import { readWays, type Way } from "../api/channels.ts";

export interface Ways {
  readonly all: Signal<readonly Way[]>;
  /** The one the next answer goes; null: by chat, or nothing is known yet. */
  readonly chosen: Signal<Way | null>;
  readonly choose: (way: Way) => void;
  /** Asks anew which ways there are; what the agent chose stays, if it is still there. */
  readonly refresh: () => Promise<void>;
}

const same = (one: Way, other: Way) => one.inbox_id === other.inbox_id && one.to === other.to;

/** The ways an answer can go in one conversation. */
export function openWays(conversationId: string): Ways {
  const all = signal<readonly Way[]>([]);
  const chosen = signal<Way | null>(null);
  let isChosenByHand = false;
  return {
    all,
    chosen,
    choose: (way) => {
      isChosenByHand = true;
      chosen.value = way;
    },
    refresh: async () => {
      try {
        const { ways } = await readWays(conversationId);
        all.value = ways;
        const kept =
          isChosenByHand && ways.find((way) => chosen.peek() && same(way, chosen.value as Way));
        chosen.value = kept || (ways[0] ?? null);
        if (!kept) isChosenByHand = false;
      } catch {
        // The line is down: the composer goes on with what it knows, and the server has the last word.
      }
    },
  };
}
