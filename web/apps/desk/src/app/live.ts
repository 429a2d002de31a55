import { signal } from "@preact/signals";
import { Client, Refusal, type State } from "@stoa/client";
import { Problem } from "./http.ts";
import { language } from "./texts.ts";

/** How the line to the server is; "closed" while nobody is signed in. */
export const line = signal<State>("closed");

export interface Handlers {
  readonly onEvent?: (type: string, data: unknown, seq: number) => void;
  /** Fleeting things by their type. */
  readonly signals?: Readonly<Record<string, (data: unknown) => void>>;
  /** Too much was missed: takes a fresh snapshot and returns its seq. */
  readonly resync?: () => Promise<number | null>;
}

let client: Client | null = null;
const backListeners = new Set<() => void>();

/* The protocol's tables of names are per feature; the features' stores name what they send and hear
   by its type, and this file passes it through. */
type Loose = {
  command(name: string, data: object): Promise<unknown>;
  signal(type: string, data: object): void;
  onSignal(type: string, listener: (data: unknown, topic: string) => void): () => void;
};

function opened(): Client & Loose {
  if (!client) throw new Error("The line is not open: nobody is signed in.");
  return client as unknown as Client & Loose;
}

/** Opens the line for the person signed in; returns how to close it. */
export function openLine(onRefused: () => void): () => void {
  const own = new Client({ surface: "desk", locale: language.peek() });
  client = own;
  let wasLive = false;
  const take = (state: State) => {
    line.value = state;
    if (state === "refused") onRefused();
    if (state !== "live") return;
    if (wasLive) for (const listener of backListeners) listener();
    wasLive = true;
  };
  line.value = own.state;
  own.onState(take);
  return () => {
    own.close();
    if (client === own) client = null;
    line.value = "closed";
  };
}

/** Calls `listener` when the line is back after a break, for what no log can make up for. */
export function onBack(listener: () => void): () => void {
  backListeners.add(listener);
  return () => backListeners.delete(listener);
}

/** Hears a topic from a snapshot's seq on (null: only what comes from now on), over any number of
 * breaks of the line; returns how to stop. */
export function follow(topic: string, after: number | null, handlers: Handlers): () => void {
  const { onEvent, signals = {}, resync } = handlers;
  const line = opened();
  const subscription = line.subscribe(topic, {
    after,
    event: (frame) => onEvent?.(frame.type, frame.data, frame.seq),
    resync: async () => (resync ? resync() : null),
  });
  const stops = Object.entries(signals).map(([type, hear]) =>
    line.onSignal(type, (data, itsTopic) => {
      if (itsTopic === topic) hear(data);
    }),
  );
  return () => {
    subscription.close();
    for (const stop of stops) stop();
  };
}

/** Does something on the server; resolves once it is stored, however long the line is down.
 * Raises: Problem, the server refused it. */
export async function command(name: string, data: object): Promise<unknown> {
  try {
    return await opened().command(name, data);
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    const { status, code, title, errors } = error.problem;
    throw new Problem(status, code, title, errors ?? []);
  }
}

/** Tells something fleeting, if the line is up. */
export function sendSignal(type: string, data: object): void {
  if (client) opened().signal(type, data);
}
