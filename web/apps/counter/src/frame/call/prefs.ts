import { keep, kept } from "../kept.ts";

/** What the customer chose for their ears and mouth; kept in the browser, for the next call. */
export interface Sound {
  readonly microphoneId?: string;
  readonly speakerId?: string;
  readonly noiseSuppression?: boolean;
}

export function soundPrefs(): Sound {
  try {
    return JSON.parse(kept("sound") ?? "{}") as Sound;
  } catch {
    return {};
  }
}

export function keepSound(change: Sound): void {
  keep("sound", JSON.stringify({ ...soundPrefs(), ...change }));
}
