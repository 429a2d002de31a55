import { type Signal, signal } from "@preact/signals";
import type { LookSignal } from "@stoa/protocol";
import { sendSignal } from "../app/live.ts";

export type LookState = LookSignal["state"];

/** A colleague who has the same conversation open. */
export interface Watcher {
  readonly name: string;
  readonly state: Exclude<LookState, "gone">;
}

const SAY_EVERY_MS = 8_000;
const LASTS_MS = 20_000;
const WRITING_LASTS_MS = 15_000;

export interface Looking {
  readonly watchers: Signal<ReadonlyMap<string, Watcher>>;
  readonly hear: (data: LookSignal) => void;
  /** Tells colleagues again and again what is done here, from now on. */
  readonly begin: () => void;
  /** An answer or a note is being written. */
  readonly write: (isNote: boolean) => void;
  readonly rest: () => void;
  readonly close: () => void;
}

/** Who else looks at a conversation, and telling them of oneself. */
export function lookAt(conversationId: string, ownId: string | undefined): Looking {
  const watchers = signal<ReadonlyMap<string, Watcher>>(new Map());
  const timers = new Map<string, number>();
  let state: LookState = "looking";
  let sayTimer = 0;
  let restTimer = 0;
  const isBegun = () => sayTimer !== 0;
  const say = () => sendSignal("look", { conversation_id: conversationId, state });
  const turn = (next: LookState) => {
    if (next === state) return;
    state = next;
    if (isBegun()) say();
  };

  function remove(id: string) {
    clearTimeout(timers.get(id));
    timers.delete(id);
    const rest = new Map(watchers.peek());
    if (rest.delete(id)) watchers.value = rest;
  }

  const rest = () => {
    clearTimeout(restTimer);
    turn("looking");
  };

  return {
    watchers,
    hear: ({ staff_id: id, staff_name: name, state: theirs }) => {
      if (id === null || id === ownId) return;
      if (theirs === "gone") return remove(id);
      clearTimeout(timers.get(id));
      timers.set(id, window.setTimeout(remove, LASTS_MS, id));
      // Whoever comes is told at once who is there.
      if (!watchers.peek().has(id) && isBegun()) say();
      watchers.value = new Map(watchers.peek()).set(id, { name, state: theirs });
    },
    begin: () => {
      if (isBegun()) return;
      say();
      sayTimer = window.setInterval(() => {
        if (!document.hidden) say();
      }, SAY_EVERY_MS);
    },
    write: (isNote) => {
      clearTimeout(restTimer);
      restTimer = window.setTimeout(rest, WRITING_LASTS_MS);
      turn(isNote ? "noting" : "writing");
    },
    rest,
    close: () => {
      clearInterval(sayTimer);
      clearTimeout(restTimer);
      for (const timer of timers.values()) clearTimeout(timer);
      state = "gone";
      if (isBegun()) say();
    },
  };
}
