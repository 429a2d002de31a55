import { follow, type LoggedEvent } from "./live.ts";

export interface VisitorListener {
  readonly onEvent: (event: LoggedEvent) => void;
  /** Too much was missed: takes a fresh snapshot and returns its seq. */
  readonly resync: () => Promise<number>;
}

interface Heard {
  readonly listeners: Set<VisitorListener>;
  readonly stop: () => void;
}

const heard = new Map<string, Heard>();

function begin(visitorId: string, seq: number): Heard {
  const listeners = new Set<VisitorListener>();
  const stop = follow(`visitor:${visitorId}`, seq, {
    onEvent: (event) => {
      for (const listener of listeners) listener.onEvent(event);
    },
    resync: async () => {
      const seqs = await Promise.all([...listeners].map((listener) => listener.resync()));
      return Math.min(...seqs);
    },
  });
  return { listeners, stop };
}

/** Hears what concerns one visitor from a snapshot's seq on; returns how to stop. A line carries a
 * topic once, so that all who want it share it: one that is not the first may hear of changes that
 * its snapshot has already, and tells by their versions. */
export function hearVisitor(visitorId: string, seq: number, listener: VisitorListener): () => void {
  const shared = heard.get(visitorId) ?? begin(visitorId, seq);
  heard.set(visitorId, shared);
  shared.listeners.add(listener);
  return () => {
    shared.listeners.delete(listener);
    if (shared.listeners.size > 0) return;
    shared.stop();
    heard.delete(visitorId);
  };
}
