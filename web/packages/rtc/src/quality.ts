/** How a line sounds, over the last two seconds. Unknown is null. */
export interface Quality {
  readonly round_trip_ms: number | null;
  readonly jitter_ms: number | null;
  readonly loss_percent: number | null;
  /** How much of what was heard the browser had to make up. */
  readonly concealed_percent: number | null;
}

export type Verdict = "good" | "fair" | "poor";

/** What of `getStats()` is counted from the beginning of the line. */
export interface Counters {
  readonly received: number;
  readonly lost: number;
  readonly samples: number;
  readonly concealed: number;
}

export interface Reading {
  readonly counters: Counters;
  readonly quality: Quality;
}

const NOTHING: Counters = { received: 0, lost: 0, samples: 0, concealed: 0 };

/* Where speech becomes tiring, and where it becomes hard to follow (after ITU-T G.114 and the loss
   that Opus with its own correction still hides). */
const LIMITS: Record<keyof Quality, readonly [fair: number, poor: number]> = {
  round_trip_ms: [300, 600],
  jitter_ms: [40, 100],
  loss_percent: [3, 10],
  concealed_percent: [3, 10],
};

/** The worst of all that is known; null where nothing is. */
export function verdictOf(quality: Quality): Verdict | null {
  let verdict: Verdict | null = null;
  for (const [name, [fair, poor]] of Object.entries(LIMITS)) {
    const value = quality[name as keyof Quality];
    if (value === null) continue;
    if (value >= poor) return "poor";
    if (value >= fair) verdict = "fair";
    else verdict ??= "good";
  }
  return verdict;
}

function percent(part: number, whole: number): number | null {
  return whole > 0 ? (100 * Math.max(0, part)) / whole : null;
}

function worst(...values: (number | null | undefined)[]): number | null {
  const known = values.filter((value) => typeof value === "number");
  return known.length ? Math.max(...known) : null;
}

function milliseconds(seconds: number | undefined): number | null {
  return seconds === undefined ? null : seconds * 1000;
}

type Stat = Record<string, number | string | boolean | undefined>;

function find(stats: readonly Stat[], fits: (stat: Stat) => boolean): Partial<Stat> {
  return stats.find(fits) ?? {};
}

/** What a report of `RTCPeerConnection.getStats()` says of the time since `before`. */
export function readingOf(report: Iterable<unknown>, before: Counters = NOTHING): Reading {
  const stats = [...report] as Stat[];
  const isAudio = (type: string) => (stat: Stat) => stat.type === type && stat.kind === "audio";
  const inbound = find(stats, isAudio("inbound-rtp"));
  const remote = find(stats, isAudio("remote-inbound-rtp"));
  const pair = find(
    stats,
    (stat) => stat.type === "candidate-pair" && stat.state === "succeeded" && !!stat.nominated,
  );
  const number = (value: unknown) => (typeof value === "number" ? value : 0);
  const counters: Counters = {
    received: number(inbound.packetsReceived),
    lost: number(inbound.packetsLost),
    samples: number(inbound.totalSamplesReceived),
    // What is made up while nobody speaks is heard by nobody.
    concealed: number(inbound.concealedSamples) - number(inbound.silentConcealedSamples),
  };
  const received = counters.received - before.received;
  const lost = counters.lost - before.lost;
  const sent = remote.fractionLost as number | undefined;
  return {
    counters,
    quality: {
      round_trip_ms: milliseconds(
        (remote.roundTripTime ?? pair.currentRoundTripTime) as number | undefined,
      ),
      jitter_ms: worst(
        milliseconds(inbound.jitter as number | undefined),
        milliseconds(remote.jitter as number | undefined),
      ),
      loss_percent: worst(
        percent(lost, received + lost),
        sent === undefined ? null : 100 * Math.max(0, sent),
      ),
      concealed_percent: percent(
        counters.concealed - before.concealed,
        counters.samples - before.samples,
      ),
    },
  };
}
