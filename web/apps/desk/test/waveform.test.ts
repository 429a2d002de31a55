import assert from "node:assert/strict";
import { test } from "node:test";
import { barsOf, lanesOf } from "../src/calls/waveform.ts";

test("splits peaks that come one per channel in turn", () => {
  assert.deepEqual(lanesOf([1, 2, 3, 4], 2), [
    [1, 3],
    [2, 4],
  ]);
  assert.deepEqual(lanesOf([1, 2], 1), [[1, 2]]);
});

test("a bar is the highest peak of its stretch, so that no word is left out", () => {
  assert.deepEqual(barsOf([0, 255, 0, 0, 51, 0], 2), [1, 0.2]);
  assert.deepEqual(barsOf([255], 3), [1, 1, 1], "few peaks fill the width");
  assert.deepEqual(barsOf([], 2), [0, 0], "silence is drawn as silence");
});
