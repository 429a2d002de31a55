import { type ReadonlySignal, signal } from "@preact/signals";

/** What a screen knows about something that has to be fetched. `value` stays while it is fetched
 * again, so that a slow refresh never empties the screen. */
export interface Loaded<Value> {
  readonly value: Value | null;
  readonly isLoading: boolean;
  readonly error: Error | null;
}

export interface Resource<Value> {
  readonly state: ReadonlySignal<Loaded<Value>>;
  /** Fetches (again); an answer that was overtaken by a later call is dropped. */
  readonly load: () => Promise<void>;
  /** Changes the value in place, as an event or an answer says. */
  readonly change: (make: (value: Value) => Value) => void;
  readonly clear: () => void;
}

export function resource<Value>(fetch: () => Promise<Value>): Resource<Value> {
  const state = signal<Loaded<Value>>({ value: null, isLoading: false, error: null });
  let round = 0;
  return {
    state,
    load: async () => {
      const mine = ++round;
      state.value = { ...state.peek(), isLoading: true, error: null };
      try {
        const value = await fetch();
        if (mine === round) state.value = { value, isLoading: false, error: null };
      } catch (error) {
        if (!(error instanceof Error)) throw error;
        if (mine === round) state.value = { ...state.peek(), isLoading: false, error };
      }
    },
    change: (make) => {
      const { value, ...rest } = state.peek();
      if (value !== null) state.value = { ...rest, value: make(value) };
    },
    clear: () => {
      round += 1;
      state.value = { value: null, isLoading: false, error: null };
    },
  };
}
