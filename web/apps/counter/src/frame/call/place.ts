/* Which leg of which call this tab speaks for, so that a page turn finds it without asking first.
   Ids only, in the tab's own storage, gone with the call. */

const KEY = "stoa.counter.place";

export interface Place {
  readonly call_id: string;
  readonly leg_id: string;
}

export interface KeptPlace extends Place {
  readonly is_muted: boolean;
  /** The customer chose to be heard by nobody: the next page does not ask for the microphone. */
  readonly is_listening: boolean;
}

export function keptPlace(): KeptPlace | null {
  try {
    return JSON.parse(sessionStorage.getItem(KEY) ?? "null") as KeptPlace | null;
  } catch {
    return null; // storage is forbidden here: the server is asked
  }
}

export function keepPlace(place: KeptPlace | null): void {
  try {
    if (place) sessionStorage.setItem(KEY, JSON.stringify(place));
    else sessionStorage.removeItem(KEY);
  } catch {
    // Storage is forbidden here: the next page asks the server.
  }
}
