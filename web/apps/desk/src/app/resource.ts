import { type ReadonlySignal, signal } from "@preact/signals";

/* What changes while it is fetched is asked for again, but not for ever. */
const ROUNDS_MAX = 3;

/** What a screen knows about something that has to be fetched. `value` stays while it is fetched
 * again, so that a slow refresh never empties the screen. */
export interface Loaded<Value> {
  readonly value: Value | null;
  readonly isLoading: boolean;
  readonly error: Error | null;
}

export interface Resource<Value> {
  readonly state: ReadonlySignal<Loaded<Value>>;
  /** Fetches (again); an answer that was overtaken by a later call is dropped, and one that was
   * overtaken by a change is asked for anew. */
  readonly load: () => Promise<void>;
  /** Changes the value in place, as an event or an answer says. */
  readonly change: (make: (value: Value) => Value) => void;
  readonly clear: () => void;
}

export function resource<Value>(fetch: () => Promise<Value>): Resource<Value> {
  const state = signal<Loaded<Value>>({ value: null, isLoading: false, error: null });
  let round = 0;
  let changes = 0;

  async function fetchFresh(isWanted: () => boolean): Promise<Value> {
    for (let tries = 1; ; tries += 1) {
      const before = changes;
      const value = await fetch();
      if (changes === before || tries === ROUNDS_MAX || !isWanted()) return value;
    }
  }

  return {
    state,
    load: async () => {
      const mine = ++round;
      state.value = { ...state.peek(), isLoading: true, error: null };
      try {
        const value = await fetchFresh(() => mine === round);
        if (mine === round) state.value = { value, isLoading: false, error: null };
      } catch (error) {
        if (!(error instanceof Error)) throw error;
        if (mine === round) state.value = { ...state.peek(), isLoading: false, error };
      }
    },
    change: (make) => {
      changes += 1;
      const { value, ...rest } = state.peek();
      if (value !== null) state.value = { ...rest, value: make(value) };
    },
    clear: () => {
      round += 1;
      state.value = { value: null, isLoading: false, error: null };
    },
  };
}
