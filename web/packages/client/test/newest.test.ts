import assert from "node:assert/strict";
import { test } from "node:test";
import { Newest } from "../src/index.ts";

const told = (id: string, version: number) => ({ id, version });

test("an answer that was overtaken by an event changes nothing", () => {
  const newest = new Newest();
  assert.ok(newest.takes(told("a", 2)));
  assert.ok(!newest.takes(told("a", 1)));
  assert.ok(newest.takes(told("a", 2)), "the same again is as new");
  assert.deepEqual(newest.known, told("a", 2));
});

test("what came to an end before the next began does not come back", () => {
  const newest = new Newest();
  newest.takes(told("a", 3));
  assert.ok(newest.takes(told("b", 1)));
  assert.ok(!newest.takes(told("a", 4)));
  assert.deepEqual(newest.known, told("b", 1));
});
