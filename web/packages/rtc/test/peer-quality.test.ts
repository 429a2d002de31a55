import assert from "node:assert/strict";
import { test } from "node:test";
import { readMessage } from "../src/peer/messages.ts";
import {
  FIRST_PACE,
  fitted,
  type LineSample,
  limitsAt,
  nextPace,
  type Pace,
  WORST,
} from "../src/peer/quality.ts";

const GOOD: LineSample = {
  available: 5_000_000,
  lossPercent: 0,
  isLimitedByBandwidth: false,
  isLimitedByCpu: false,
};
const LOSSY: LineSample = { ...GOOD, lossPercent: 20 };

function after(pace: Pace, samples: readonly LineSample[], isVoicePoor = false): Pace {
  return samples.reduce((before, sample) => nextPace(before, sample, isVoicePoor), pace);
}

function times(count: number, sample: LineSample): LineSample[] {
  return Array.from({ length: count }, () => sample);
}

test("a good line gets the best picture after a while", () => {
  assert.equal(after(FIRST_PACE, times(2, GOOD)).level, 1);
  assert.equal(after(FIRST_PACE, times(3, GOOD)).level, 0);
  assert.equal(after(FIRST_PACE, times(50, GOOD)).level, 0);
});

test("loss takes a level at once, and never falls below the last", () => {
  assert.equal(after(FIRST_PACE, [LOSSY]).level, 2);
  assert.equal(after(FIRST_PACE, times(9, LOSSY)).level, WORST);
});

test("a voice that is hard to follow comes before any picture", () => {
  assert.equal(after(FIRST_PACE, times(2, GOOD), true).level, 3);
});

test("a level that fails again and again is dared ever more seldom", () => {
  let pace = FIRST_PACE;
  const waits: number[] = [];
  for (let round = 0; round < 4; round++) {
    let waited = 0;
    while (pace.level > 0) {
      pace = nextPace(pace, GOOD, false);
      waited++;
    }
    waits.push(waited);
    pace = nextPace(pace, LOSSY, false);
  }
  assert.deepEqual(waits, [3, 6, 12, 24]);
});

test("a busy processor holds the level, without a better one", () => {
  const busy = { ...GOOD, isLimitedByCpu: true };
  assert.equal(after(FIRST_PACE, times(20, busy)).level, 1);
});

test("a line with less room than is wanted takes a level", () => {
  const narrow = { ...GOOD, isLimitedByBandwidth: true, available: 300_000 };
  assert.equal(after(FIRST_PACE, [narrow]).level, 2);
});

test("what only our own limit holds back may grow", () => {
  const capped = { ...GOOD, isLimitedByBandwidth: true, available: 310_000 };
  const worst: Pace = { ...FIRST_PACE, level: WORST };
  assert.equal(after(worst, times(3, capped)).level, WORST - 1);
  const full = { ...capped, available: 240_000 };
  assert.equal(after(worst, times(9, full)).level, WORST, "the line bears no more");
  const unknown = { ...capped, available: null };
  assert.equal(after(FIRST_PACE, times(9, unknown)).level, FIRST_PACE.level, "nobody knows");
});

test("two pictures share what one would have, the text the larger part", () => {
  for (let level = 0; level <= WORST; level++) {
    const both = limitsAt(level, ["camera", "screen"]);
    const alone = limitsAt(level, ["screen"]).get("screen")?.maxBitrate ?? 0;
    const camera = both.get("camera")?.maxBitrate ?? 0;
    const screen = both.get("screen")?.maxBitrate ?? 0;
    assert.ok(screen > camera);
    assert.ok(camera + screen <= alone);
    assert.equal(both.get("screen")?.scaleResolutionDownBy, 1, "a text is never scaled");
  }
});

test("a camera is sent as large as it is drawn, a screen always whole", () => {
  const limits = { maxBitrate: 1, maxFramerate: 30, scaleResolutionDownBy: 1 };
  assert.equal(fitted(limits, "camera", 720, 180).scaleResolutionDownBy, 4);
  assert.equal(fitted(limits, "camera", 720, 360).scaleResolutionDownBy, 2);
  assert.equal(fitted(limits, "camera", 720, 700).scaleResolutionDownBy, 1);
  assert.equal(fitted(limits, "camera", 720, 20).scaleResolutionDownBy, 4);
  assert.equal(fitted(limits, "camera", 720, 0).scaleResolutionDownBy, 1, "not known");
  assert.equal(fitted(limits, "screen", 1080, 100).scaleResolutionDownBy, 1);
  const poor = { ...limits, scaleResolutionDownBy: 3 };
  assert.equal(fitted(poor, "camera", 720, 700).scaleResolutionDownBy, 3);
});

test("what is no message of ours is not read", () => {
  for (const data of [null, 1, "hello", {}, { kind: "hello" }, { kind: "x", page: "p" }]) {
    assert.equal(readMessage(data), null);
  }
  assert.equal(readMessage({ kind: "candidate", page: "p" }), null, "meant for no page");
  assert.ok(readMessage({ kind: "hello", page: "p", shows: {}, isAnswer: false }));
});
