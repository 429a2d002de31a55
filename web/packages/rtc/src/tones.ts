/* A browser that wants a click before it plays anything keeps the context suspended: then nothing
   is heard and nothing fails; what rings is seen as well. */

let shared: AudioContext | undefined;

function speakers(): AudioContext | undefined {
  if (!("AudioContext" in globalThis)) return undefined;
  shared ??= new AudioContext();
  if (shared.state !== "running") shared.resume().catch(() => undefined);
  return shared;
}

interface Note {
  readonly hertz: number;
  readonly at: number;
  readonly seconds: number;
  readonly gain: number;
}

function play(context: AudioContext, out: AudioNode, { hertz, at, seconds, gain }: Note) {
  const tone = context.createOscillator();
  const envelope = context.createGain();
  tone.frequency.value = hertz;
  envelope.gain.setValueAtTime(0, at);
  // Without slopes the ends click.
  envelope.gain.linearRampToValueAtTime(gain, at + 0.01);
  envelope.gain.setValueAtTime(gain, at + seconds * 0.6);
  envelope.gain.linearRampToValueAtTime(0, at + seconds);
  tone.connect(envelope).connect(out);
  tone.start(at);
  tone.stop(at + seconds);
}

export interface Ringer {
  start(): void;
  stop(): void;
}

const RING_EVERY_MS = 2_600;
/* Two rising thirds: friendly, and unlike any phone. */
const RING: readonly Omit<Note, "gain">[] = [
  { hertz: 587.33, at: 0, seconds: 0.28 },
  { hertz: 739.99, at: 0.16, seconds: 0.5 },
  { hertz: 587.33, at: 0.75, seconds: 0.28 },
  { hertz: 880, at: 0.91, seconds: 0.7 },
];

/** A ring that sounds from `start` to `stop`, where the browser lets it; `volume` from 0 to 1. */
export function createRinger(volume = 0.25): Ringer {
  let timer: ReturnType<typeof setInterval> | undefined;
  let out: GainNode | undefined;
  const ring = () => {
    const context = speakers();
    // Notes planned for a sleeping context would all sound at once when it wakes.
    if (!context || !out || context.state !== "running") return;
    for (const note of RING) {
      play(context, out, { ...note, at: context.currentTime + note.at, gain: volume });
    }
  };
  return {
    start() {
      if (timer) return;
      const context = speakers();
      if (!context) return;
      out = context.createGain();
      out.connect(context.destination);
      context.resume().then(ring, () => undefined);
      timer = setInterval(ring, RING_EVERY_MS);
    },
    stop() {
      clearInterval(timer);
      timer = undefined;
      out?.disconnect();
      out = undefined;
    },
  };
}

const KEYS = ["123", "456", "789", "*0#"];
const ROWS = [697, 770, 852, 941];
const COLUMNS = [1209, 1336, 1477];

/** The key's two tones (ITU-T Q.23), for the ear of whoever presses it. */
export function playKey(digit: string): void {
  const row = KEYS.findIndex((keys) => keys.includes(digit));
  const context = speakers();
  if (row < 0 || context?.state !== "running") return;
  const column = KEYS[row]?.indexOf(digit) ?? 0;
  for (const hertz of [ROWS[row], COLUMNS[column]]) {
    const note = { hertz: hertz ?? 0, at: context.currentTime, seconds: 0.14, gain: 0.08 };
    play(context, context.destination, note);
  }
}
