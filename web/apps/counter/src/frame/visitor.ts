import type { EventFrame, Events } from "@stoa/protocol";
import { follow, onReconnect } from "./line.ts";

/* What the shop tells this visitor alone: calls, co-browsing, proposals. One topic, read once, for
   everybody who listens. */

interface VisitorListener<Type extends keyof Events> {
  event(data: Events[Type]): void;
  /** Too much was missed: takes a fresh snapshot and returns its seq. */
  resync(): Promise<number>;
}

const listeners = new Map<string, VisitorListener<never>>();
let followed: string | undefined;
/* The seq of what was heard last. */
let heard = 0;

function hear({ type, seq, data }: EventFrame) {
  heard = seq;
  listeners.get(type)?.event(data as never);
}

async function resync(): Promise<number> {
  heard = 0;
  const all = await Promise.all([...listeners.values()].map((one) => one.resync()));
  return Math.min(...all);
}

/** How things stand. An answer that was on its way while more was heard may not know of that: it is
 * asked for again. */
export async function current<Answer extends { seq: number }>(
  ask: () => Promise<Answer>,
): Promise<Answer> {
  let answer = await ask();
  for (let more = 3; answer.seq < heard && more > 0; more--) answer = await ask();
  return answer;
}

/**
 * Looks how things stand, then hears of every change, each at least once: what another's older
 * snapshot brings again has to be told by its version. Returns what begins that, once. `look` takes
 * over what it finds, `isNew` the first time. There must be a visitor.
 */
export function watcher<Type extends keyof Events & string>(
  type: Type,
  look: (isNew: boolean) => Promise<{ visitor_id: string | null; seq: number }>,
  hear: (data: Events[Type]) => Promise<void>,
): () => Promise<void> {
  let watching: Promise<void> | undefined;
  const again = () => look(false).catch(() => undefined);
  const listener: VisitorListener<Type> = {
    event: (data) => void hear(data).catch(() => undefined),
    resync: async () => (await look(false)).seq,
  };
  const begin = async () => {
    // Where others listen already, events come while this one looks.
    listeners.set(type, listener as VisitorListener<never>);
    const { visitor_id, seq } = await look(true);
    followVisitor(visitor_id ?? "", seq);
    onReconnect(again);
  };
  return () => {
    watching ??= begin().catch((problem) => {
      watching = undefined;
      throw problem;
    });
    return watching;
  };
}

function followVisitor(id: string, seq: number) {
  if (followed === id) return;
  followed = id;
  heard = 0;
  follow(`visitor:${id}`, { after: seq, event: hear, resync });
}
