// How much a picture may take of the line, decided from what the line bore lately. Pure: stats in,
// limits out. The browser's own congestion control works within these limits; they leave room for
// the voice and keep a text readable rather than smooth.
import type { Source } from "./messages.ts";

export interface LineSample {
  /** What the browser believes it could send, in bits per second; null when it does not know. */
  available: number | null;
  lossPercent: number;
  isLimitedByBandwidth: boolean;
  isLimitedByCpu: boolean;
}

export interface Limits {
  maxBitrate: number;
  maxFramerate: number;
  scaleResolutionDownBy: number;
}

/** `level` 0 is the best; `goodSamples` in a row; `patience` samples before it dares a better one. */
export interface Pace {
  readonly level: number;
  readonly goodSamples: number;
  readonly patience: number;
  readonly sinceBetter: number;
}

export const FIRST_PACE: Pace = { level: 1, goodSamples: 0, patience: 3, sinceBetter: 99 };

const BUDGETS = [2_500_000, 1_200_000, 600_000, 250_000] as const;
export const WORST = BUDGETS.length - 1;
const MUCH_LOSS = 8;
const LITTLE_LOSS = 2;
const SPARE = 1.1;
const MOST_PATIENCE = 24;
/* A better level that fails within so many samples was dared too early. */
const REGRET = 6;

const ALONE: Record<Source, readonly Omit<Limits, "maxBitrate">[]> = {
  camera: [
    { maxFramerate: 30, scaleResolutionDownBy: 1 },
    { maxFramerate: 24, scaleResolutionDownBy: 1 },
    { maxFramerate: 20, scaleResolutionDownBy: 1.5 },
    { maxFramerate: 12, scaleResolutionDownBy: 3 },
  ],
  // A text that is scaled cannot be read: a screen gives up smoothness instead.
  screen: [
    { maxFramerate: 15, scaleResolutionDownBy: 1 },
    { maxFramerate: 10, scaleResolutionDownBy: 1 },
    { maxFramerate: 5, scaleResolutionDownBy: 1 },
    { maxFramerate: 3, scaleResolutionDownBy: 1 },
  ],
};
const SHARE: Record<Source, number> = { camera: 0.3, screen: 0.7 };

/** The pace after one more sample: down at once, up only after some that were good. */
export function nextPace(pace: Pace, sample: LineSample, isVoicePoor: boolean): Pace {
  const budget = BUDGETS[pace.level] as number;
  // Browsers say "limited by bandwidth" also where our own limit is what limits: only a line that
  // could not bear more than it has now speaks against more.
  const room = sample.isLimitedByBandwidth ? (sample.available ?? budget) / budget : Infinity;
  const starves = room < 0.6;
  const isBad = sample.lossPercent > MUCH_LOSS || starves || isVoicePoor;
  if (isBad) {
    const level = Math.min(WORST, pace.level + 1);
    const wasTooEarly = pace.sinceBetter <= REGRET && level > pace.level;
    const patience = wasTooEarly ? Math.min(MOST_PATIENCE, pace.patience * 2) : pace.patience;
    return { level, goodSamples: 0, patience, sinceBetter: 99 };
  }
  const sinceBetter = pace.sinceBetter + 1;
  const isGood = sample.lossPercent < LITTLE_LOSS && room > SPARE && !sample.isLimitedByCpu;
  const goodSamples = isGood ? pace.goodSamples + 1 : 0;
  if (goodSamples >= pace.patience && pace.level > 0) {
    return { level: pace.level - 1, goodSamples: 0, patience: pace.patience, sinceBetter: 0 };
  }
  return { ...pace, goodSamples, sinceBetter };
}

/** What each of these sources may take at this level. */
export function limitsAt(level: number, sources: readonly Source[]): Map<Source, Limits> {
  const budget = BUDGETS[level] as number;
  const limits = new Map<Source, Limits>();
  for (const source of sources) {
    const part = sources.length > 1 ? SHARE[source] : source === "camera" ? 0.7 : 1;
    const alone = ALONE[source][level] as Omit<Limits, "maxBitrate">;
    limits.set(source, { ...alone, maxBitrate: Math.round(budget * part) });
  }
  return limits;
}

/** A camera that is drawn small is not sent large; a screen always is, for it is read. */
export function fitted(limits: Limits, source: Source, captured: number, drawn: number): Limits {
  if (source === "screen" || !captured || !drawn) return limits;
  const scale = Math.max(
    limits.scaleResolutionDownBy,
    Math.min(4, captured / Math.max(180, drawn)),
  );
  return scale <= limits.scaleResolutionDownBy * 1.2
    ? limits
    : { ...limits, scaleResolutionDownBy: Math.round(scale * 100) / 100 };
}
