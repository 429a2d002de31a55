import { signal } from "@preact/signals";
import { Client, Refusal, type State } from "@stoa/client";
import type { Commands, Events, SignalsIn, SignalsOut } from "@stoa/protocol";
import { Problem } from "./http.ts";
import { language } from "./texts.ts";

/** How the line to the server is; "closed" while nobody is signed in. */
export const line = signal<State>("closed");

/** An event of the log, by its type. */
export type LoggedEvent = {
  [Type in keyof Events]: {
    readonly type: Type;
    readonly data: Events[Type];
    readonly seq: number;
  };
}[keyof Events];

export interface Handlers {
  readonly onEvent?: (event: LoggedEvent) => void;
  /** Fleeting things by their type. */
  readonly signals?: { readonly [Type in keyof SignalsIn]?: (data: SignalsIn[Type]) => void };
  /** Too much was missed: takes a fresh snapshot and returns its seq. */
  readonly resync?: () => Promise<number | null>;
  /** From now on it is heard: what is fetched from here on misses nothing. For who knows no seq to
   * begin from: what changed between an answer and this was told to nobody. */
  readonly joined?: () => void;
}

let client: Client | null = null;
const backListeners = new Set<() => void>();

function opened(): Client {
  if (!client) throw new Error("The line is not open: nobody is signed in.");
  return client;
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

function hearSignal<Type extends keyof SignalsIn>(
  topic: string,
  type: Type,
  hear: (data: SignalsIn[Type]) => void,
): () => void {
  return opened().onSignal(type, (data, itsTopic) => {
    if (itsTopic === topic) hear(data);
  });
}

/** Hears a topic from a snapshot's seq on (null: only what comes from now on), over any number of
 * breaks of the line; returns how to stop. */
export function follow(topic: string, after: number | null, handlers: Handlers): () => void {
  const { onEvent, signals = {}, resync, joined } = handlers;
  const subscription = opened().subscribe(topic, {
    after,
    // The schemas in Python say which data an event of a type has.
    event: ({ type, data, seq }) => onEvent?.({ type, data, seq } as unknown as LoggedEvent),
    resync: async () => (resync ? resync() : null),
    joined: () => joined?.(),
  });
  const types = Object.keys(signals) as (keyof SignalsIn)[];
  const stops = types.map((type) =>
    hearSignal(topic, type, signals[type] as (data: unknown) => void),
  );
  return () => {
    subscription.close();
    for (const stop of stops) stop();
  };
}

/** Does something on the server; resolves once it is stored, however long the line is down.
 * Raises: Problem, the server refused it. */
export async function command<Name extends keyof Commands>(
  name: Name,
  data: Commands[Name]["input"],
): Promise<Commands[Name]["output"]> {
  try {
    return await opened().command(name, data);
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    const { status, code, title, errors } = error.problem;
    throw new Problem(status, code, title, errors ?? []);
  }
}

/** Tells something fleeting, if the line is up. */
export function sendSignal<Type extends keyof SignalsOut>(
  type: Type,
  data: SignalsOut[Type],
): void {
  client?.signal(type, data);
}
