import { computed, type ReadonlySignal, type Signal, signal } from "@preact/signals";
import { readWays, type Way, type WaysView } from "../api/channels.ts";

/** The inbox and the address an answer leaves by. */
export interface AnswerWay {
  readonly inboxId: string;
  readonly to: string;
}

type Why = NonNullable<WaysView["why"]>;

export interface Ways {
  readonly all: Signal<readonly Way[]>;
  /** The one the next answer goes; null: by chat, or nothing is known yet. */
  readonly chosen: Signal<Way | null>;
  readonly isKnown: Signal<boolean>;
  /** The chosen one cannot be gone, for the reason that is shown. */
  readonly isClosed: ReadonlySignal<boolean>;
  /** They may be others in a while: with the hour, or as the customer comes and goes. */
  readonly mayChange: ReadonlySignal<boolean>;
  /** Why the chosen one goes by itself; null: an agent chose it, or there is no other. */
  readonly why: ReadonlySignal<Why | null>;
  readonly choose: (way: Way) => void;
  /** Asks anew which ways there are; what the agent chose stays, if it is still there. */
  readonly refresh: () => Promise<void>;
}

const same = (one: Way, other: Way) => one.inbox_id === other.inbox_id && one.to === other.to;

/** Returns where an answer goes by itself: an inbox and an address; null: by chat. */
export async function firstWay(conversationId: string): Promise<AnswerWay | null> {
  const [way] = (await readWays(conversationId)).ways;
  return way?.inbox_id ? { inboxId: way.inbox_id, to: way.to } : null;
}

/** The ways an answer can go in one conversation. */
export function openWays(conversationId: string): Ways {
  const all = signal<readonly Way[]>([]);
  const chosen = signal<Way | null>(null);
  const isKnown = signal(false);
  const reason = signal<Why | null>(null);
  let isChosenByHand = false;
  let asked = 0;
  let taken = 0;
  return {
    all,
    chosen,
    isKnown,
    isClosed: computed(() => Boolean(chosen.value?.problem)),
    mayChange: computed(
      () =>
        all.value.length > 1 ||
        all.value.some(({ most_a_day, problem }) => most_a_day !== null || problem !== null),
    ),
    why: computed(() =>
      all.value.length > 1 && chosen.value === all.value[0] ? reason.value : null,
    ),
    choose: (way) => {
      isChosenByHand = true;
      chosen.value = way;
    },
    refresh: async () => {
      const mine = ++asked;
      try {
        const { ways, why } = await readWays(conversationId);
        // What was asked for later is known already.
        if (mine < taken) return;
        taken = mine;
        reason.value = why;
        all.value = ways;
        isKnown.value = true;
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
