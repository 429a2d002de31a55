import type { EventFrame, Events } from "@stoa/protocol";
import { follow } from "./line.ts";

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
export function onVisitorEvent<Type extends keyof Events & string>(
  type: Type,
  listener: VisitorListener<Type>,
  { visitor_id, seq }: { visitor_id: string; seq: number },
): void {
  listeners.set(type, listener as VisitorListener<never>);
  if (followed === visitor_id) return;
  followed = visitor_id;
  follow(`visitor:${visitor_id}`, seq, { event: hear, resync });
}
