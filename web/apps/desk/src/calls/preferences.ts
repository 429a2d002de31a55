/** How this device speaks: kept in this browser. */
export interface Preferences {
  readonly microphoneId: string;
  readonly speakerId: string;
  /** null: as is wise on this device. */
  readonly suppressesNoise: boolean | null;
}

const KEPT = "stoa.desk.audio";
const NONE: Preferences = { microphoneId: "", speakerId: "", suppressesNoise: null };

export function readPreferences(): Preferences {
  try {
    return { ...NONE, ...JSON.parse(localStorage.getItem(KEPT) ?? "{}") };
  } catch {
    return NONE; // written by something else; the next choice replaces it
  }
}

export function keepPreferences(change: Partial<Preferences>): void {
  localStorage.setItem(KEPT, JSON.stringify({ ...readPreferences(), ...change }));
}
