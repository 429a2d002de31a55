import assert from "node:assert/strict";
import { test } from "node:test";
import { windowOf } from "../src/virtual-list.tsx";

test("draws only the rows in sight and a few beside them", () => {
  assert.deepEqual(windowOf(0, 700, 70, 5000), [0, 16]);
  assert.deepEqual(windowOf(70_000, 700, 70, 5000), [994, 1016]);
  assert.deepEqual(windowOf(349_300, 700, 70, 5000), [4984, 5000]);
});

test("draws nothing of an empty list and never runs past the end", () => {
  assert.deepEqual(windowOf(0, 700, 70, 0), [0, 0]);
  assert.deepEqual(windowOf(9000, 700, 70, 3), [3, 3]);
});
