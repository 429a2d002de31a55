import assert from "node:assert/strict";
import { test } from "node:test";
import { type Quality, readingOf, verdictOf } from "../src/quality.ts";

const SILENT: Quality = {
  round_trip_ms: null,
  jitter_ms: null,
  loss_percent: null,
  concealed_percent: null,
};

const REPORT = [
  { type: "codec", kind: "audio" },
  {
    type: "inbound-rtp",
    kind: "audio",
    packetsReceived: 100,
    packetsLost: 0,
    jitter: 0.004,
    totalSamplesReceived: 96_000,
    concealedSamples: 960,
    silentConcealedSamples: 960,
  },
  {
    type: "remote-inbound-rtp",
    kind: "audio",
    roundTripTime: 0.08,
    fractionLost: 0,
    jitter: 0.012,
  },
  { type: "candidate-pair", state: "succeeded", nominated: true, currentRoundTripTime: 0.3 },
];

test("the first reading counts from the beginning, and silence made up is no harm", () => {
  const { quality } = readingOf(REPORT);
  assert.deepEqual(quality, {
    round_trip_ms: 80,
    jitter_ms: 12,
    loss_percent: 0,
    concealed_percent: 0,
  });
  assert.equal(verdictOf(quality), "good");
});

test("a later reading tells of the time between", () => {
  const first = readingOf(REPORT);
  const later = REPORT.map((stat) =>
    stat.type === "inbound-rtp"
      ? {
          ...stat,
          packetsReceived: 190,
          packetsLost: 10,
          totalSamplesReceived: 192_000,
          concealedSamples: 10_560,
        }
      : stat,
  );
  const { quality } = readingOf(later, first.counters);
  assert.equal(quality.loss_percent, 10);
  assert.equal(quality.concealed_percent, 10);
  assert.equal(verdictOf(quality), "poor");
});

test("what we send and lose counts as much as what we hear", () => {
  const lossy = REPORT.map((stat) =>
    stat.type === "remote-inbound-rtp" ? { ...stat, fractionLost: 0.05 } : stat,
  );
  const { quality } = readingOf(lossy);
  assert.equal(quality.loss_percent, 5);
  assert.equal(verdictOf(quality), "fair");
});

test("without the other's report the round trip is the way's own", () => {
  const alone = REPORT.filter((stat) => stat.type !== "remote-inbound-rtp");
  assert.equal(readingOf(alone).quality.round_trip_ms, 300);
});

test("packets counted twice are no negative loss", () => {
  const first = readingOf(REPORT);
  const late = REPORT.map((stat) =>
    stat.type === "inbound-rtp" ? { ...stat, packetsReceived: 200, packetsLost: -2 } : stat,
  );
  assert.equal(readingOf(late, first.counters).quality.loss_percent, 0);
});

test("nothing known is no verdict, and the worst of all decides", () => {
  assert.equal(verdictOf(SILENT), null);
  assert.equal(readingOf([]).quality.loss_percent, null);
  assert.equal(verdictOf({ ...SILENT, jitter_ms: 5 }), "good");
  assert.equal(verdictOf({ ...SILENT, jitter_ms: 5, round_trip_ms: 350 }), "fair");
  assert.equal(verdictOf({ ...SILENT, jitter_ms: 40, round_trip_ms: 600 }), "poor");
});
