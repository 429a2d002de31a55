// Reads what a line bore and sets what each picture may take of it.
import type { Link } from "./link.ts";
import type { Source } from "./messages.ts";
import {
  FIRST_PACE,
  fitted,
  type Limits,
  type LineSample,
  limitsAt,
  nextPace,
  type Pace,
} from "./quality.ts";

type Heights = Partial<Record<Source, number>>;

/** By what way the pictures travel. */
export type Route = "direct" | "relay" | null;

export class Pacer {
  route: Route = null;
  private pace: Pace = FIRST_PACE;
  private readonly link: Link;

  constructor(link: Link) {
    this.link = link;
  }

  /** One look at the line; `drawn` is how high the other side draws each picture. */
  async look(sources: readonly Source[], drawn: Heights, isVoicePoor: boolean): Promise<void> {
    const report = await this.link.stats();
    if (!report) return;
    this.route = routeOf(report);
    if (sources.length === 0) return;
    const sample = sampleOf(report);
    if (sample) this.pace = nextPace(this.pace, sample, isVoicePoor);
    await this.apply(sources, drawn);
  }

  /** Sets the limits at once, as when a picture begins. */
  async apply(sources: readonly Source[], drawn: Heights): Promise<void> {
    for (const [source, limits] of limitsAt(this.pace.level, sources)) {
      const sender = this.link.senderOf(source);
      if (!sender?.track) continue;
      const captured = sender.track.getSettings().height ?? 0;
      await limit(sender, source, fitted(limits, source, captured, drawn[source] ?? 0));
    }
  }
}

async function limit(sender: RTCRtpSender, source: Source, limits: Limits): Promise<void> {
  const parameters: RTCRtpSendParameters & { degradationPreference?: string } =
    sender.getParameters();
  const encoding = parameters.encodings[0];
  if (!encoding) return; // not negotiated yet
  const preference = source === "screen" ? "maintain-resolution" : "balanced";
  const isSame =
    encoding.maxBitrate === limits.maxBitrate &&
    encoding.maxFramerate === limits.maxFramerate &&
    encoding.scaleResolutionDownBy === limits.scaleResolutionDownBy &&
    parameters.degradationPreference === preference;
  if (isSame) return;
  Object.assign(encoding, limits);
  parameters.degradationPreference = preference;
  try {
    await sender.setParameters(parameters);
  } catch (error) {
    // A negotiation may have come between reading and writing; the next look does it again.
    if (!(error instanceof DOMException)) throw error;
  }
}

function selectedPair(report: RTCStatsReport): RTCIceCandidatePairStats | undefined {
  for (const entry of report.values()) {
    if (entry.type === "transport" && entry.selectedCandidatePairId) {
      return report.get(entry.selectedCandidatePairId);
    }
  }
  return undefined;
}

/** Whether the pictures go through a relay, seen from either side. */
export function routeOf(report: RTCStatsReport): Route {
  const pair = selectedPair(report);
  if (!pair) return null;
  const ends = [report.get(pair.localCandidateId), report.get(pair.remoteCandidateId)];
  return ends.some((end) => end?.candidateType === "relay") ? "relay" : "direct";
}

function sampleOf(report: RTCStatsReport): LineSample | null {
  const losses: number[] = [];
  const limitedBy = new Set<string>();
  for (const entry of report.values()) {
    if (entry.type === "remote-inbound-rtp" && entry.kind === "video") {
      losses.push((entry.fractionLost ?? 0) * 100);
    } else if (entry.type === "outbound-rtp" && entry.kind === "video" && entry.active !== false) {
      limitedBy.add(entry.qualityLimitationReason ?? "none");
    }
  }
  if (losses.length === 0) return null; // nothing was reported back yet
  return {
    available: selectedPair(report)?.availableOutgoingBitrate ?? null,
    lossPercent: Math.max(...losses),
    isLimitedByBandwidth: limitedBy.has("bandwidth"),
    isLimitedByCpu: limitedBy.has("cpu"),
  };
}
