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

function hear({ type, data }: EventFrame) {
  listeners.get(type)?.event(data as never);
}

async function resync(): Promise<number> {
  const all = await Promise.all([...listeners.values()].map((one) => one.resync()));
  return Math.min(...all);
}

/**
 * `listener` hears of every event of this type, each at least once: what another's older snapshot
 * brings again has to be told by its version. `seq` is that of the listener's own snapshot.
 */
function onVisitorEvent<Type extends keyof Events & string>(
  type: Type,
  listener: VisitorListener<Type>,
  { visitor_id, seq }: { visitor_id: string; seq: number },
): void {
  listeners.set(type, listener as VisitorListener<never>);
  if (followed === visitor_id) return;
  followed = visitor_id;
  follow(`visitor:${visitor_id}`, seq, { event: hear, resync });
}

/**
 * Looks how things stand, then hears of every change; returns what begins that, once. `look` takes
 * over what it finds, `isNew` the first time. There must be a visitor.
 */
export function watcher<Type extends keyof Events & string>(
  type: Type,
  look: (isNew: boolean) => Promise<{ visitor_id: string | null; seq: number }>,
  hear: (data: Events[Type]) => Promise<void>,
): () => Promise<void> {
  let watching: Promise<void> | undefined;
  const again = () => look(false).catch(() => undefined);
  const begin = async () => {
    const { visitor_id, seq } = await look(true);
    const event = (data: Events[Type]) => void hear(data).catch(() => undefined);
    const resync = async () => (await look(false)).seq;
    onVisitorEvent(type, { event, resync }, { visitor_id: visitor_id ?? "", seq });
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
