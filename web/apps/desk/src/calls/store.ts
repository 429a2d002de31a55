import { computed, signal } from "@preact/signals";
import { type CallRow, readCalls, readSupervisions, type Supervision } from "../api/calls.ts";
import { follow, type LoggedEvent, onBack } from "../app/live.ts";
import { mayActAs, me } from "../session/store.ts";
import {
  callbacksOf,
  ringsAt,
  seatOf,
  talksOf,
  waitingOf,
  withCall,
  withListeners,
} from "./rules.ts";

const calls = signal<ReadonlyMap<string, CallRow>>(new Map());
const supervised = signal<ReadonlyMap<string, Supervision>>(new Map());

export const callsError = signal<Error | null>(null);
export const areCallsLoaded = signal(false);

const known = computed(() => {
  const listeners = supervised.value;
  return [...calls.value.values()].map((call) =>
    withListeners(call, listeners.get(call.id)?.legs ?? []),
  );
});
const all = () => known.value;

/** What rings at me now, the first ring first. */
export const rings = computed(() => ringsAt(all(), me.value?.id));
/** The call I am in. */
export const seat = computed(() => seatOf(all(), me.value?.id));
/** The same as two words, for what need not be done again whenever the call changes. */
export const seatKey = computed(() =>
  seat.value ? `${seat.value.call.id} ${seat.value.leg.id}` : null,
);
export const waiting = computed(() => waitingOf(all()));
export const callbacks = computed(() => callbacksOf(all()));
export const talks = computed(() => talksOf(all()));
/** How many people wait to be spoken to, now or by being called back. */
export const callersCount = computed(() => waiting.value.length + callbacks.value.length);

/** Returns a call that is not over, by its id. */
export const callOf = (id: string) => calls.value.get(id) ?? null;

/** Returns the call that goes on in a conversation, whoever is in it. */
export function callIn(conversationId: string): CallRow | null {
  for (const call of all()) {
    if (call.conversation_id === conversationId && call.state !== "callback") return call;
  }
  return null;
}

/** Whether a colleague speaks with somebody right now. */
export function isInCall(staffId: string): boolean {
  return seatOf(all(), staffId) !== null;
}

/** Returns who listens to a call, as far as this person may know. */
export function listenersOf({ legs }: CallRow) {
  return legs.filter(({ role, mode, state }) => {
    return role === "supervisor" && mode !== "talk" && state !== "left";
  });
}

type EndListener = (ended: CallRow, wasMine: boolean) => void;
const endListeners = new Set<EndListener>();

/** Calls `listener` whenever a call is over. */
export function onEnded(listener: EndListener): () => void {
  endListeners.add(listener);
  return () => endListeners.delete(listener);
}

/** Takes over how a call stands now: from an event, or from a command's answer before it comes. */
export function takeCall(call: CallRow): void {
  const wasKnown = calls.peek().has(call.id);
  const wasMine = seat.peek()?.call.id === call.id;
  calls.value = withCall(calls.peek(), call);
  if (call.state !== "ended" || !wasKnown) return;
  for (const listener of endListeners) listener(call, wasMine);
}

async function load(): Promise<number | null> {
  try {
    const snapshot = await readCalls();
    calls.value = new Map(snapshot.calls.map((call) => [call.id, call]));
    callsError.value = null;
    areCallsLoaded.value = true;
    return snapshot.seq;
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    callsError.value = error;
    throw error;
  }
}

function onSupervised({ type, data }: LoggedEvent): void {
  if (type !== "call.supervised") return;
  const { supervision } = data;
  supervised.value = new Map(supervised.peek()).set(supervision.call_id, supervision);
}

function onListed({ type, data }: LoggedEvent): void {
  if (type === "call.listed") takeCall(data.call);
}

async function loadSupervisions(): Promise<number> {
  const { supervisions, seq } = await readSupervisions();
  supervised.value = new Map(supervisions.map((one) => [one.call_id, one]));
  return seq;
}

const AGAIN_MS = 5_000;

/** Hears every call of the desk from now on; returns how to stop. */
export function startCalls(): () => void {
  let isStopped = false;
  let timer = 0;
  let unfollow = () => {};
  async function begin() {
    try {
      const maySupervise = mayActAs("supervisor");
      const supervisedSeq = maySupervise ? await loadSupervisions() : null;
      const seq = await load();
      if (isStopped) return;
      const stops = [follow("calls", seq, { onEvent: onListed, resync: load })];
      if (maySupervise) {
        const handlers = { onEvent: onSupervised, resync: loadSupervisions };
        stops.push(follow("supervision", supervisedSeq, handlers));
      }
      unfollow = () => {
        for (const stop of stops) stop();
      };
    } catch {
      // `callsError` says it; a desk that hears no calls must find its way back by itself.
      if (!isStopped) timer = window.setTimeout(begin, AGAIN_MS);
    }
  }
  void begin();
  const stopBack = onBack(() => areCallsLoaded.peek() || void begin());
  return () => {
    isStopped = true;
    clearTimeout(timer);
    unfollow();
    stopBack();
    calls.value = new Map();
    supervised.value = new Map();
    areCallsLoaded.value = false;
  };
}

/** Fetches the calls again, where a person asks for it. */
export const reloadCalls = async (): Promise<void> => {
  await load().catch(() => null);
};
