import "./browser.ts";
import assert from "node:assert/strict";
import { afterEach, beforeEach, mock, test } from "node:test";

const { attendTo, reading } = await import("../src/conversations/reading.ts");

let marked: number[] = [];
let read = reading("one", async () => {});

beforeEach(() => {
  mock.timers.enable({ apis: ["setTimeout"] });
  marked = [];
  read = reading("one", async (seq) => marked.push(seq));
});
afterEach(() => {
  read.stop();
  mock.timers.reset();
});

test("what one steps past stays unread", () => {
  read.show(3);
  mock.timers.tick(900);
  read.stop();
  mock.timers.tick(5000);
  assert.deepEqual(marked, []);
});

test("what was in sight for a second is read, once", () => {
  read.show(3);
  mock.timers.tick(999);
  assert.deepEqual(marked, []);
  mock.timers.tick(1);
  assert.deepEqual(marked, [3]);
  read.show(3);
  mock.timers.tick(5000);
  assert.deepEqual(marked, [3]);
});

test("what comes last is looked at as long, and keeps nothing before it unread", () => {
  read.show(3);
  mock.timers.tick(900);
  read.show(4);
  mock.timers.tick(100);
  assert.deepEqual(marked, [3]);
  mock.timers.tick(1000);
  assert.deepEqual(marked, [3, 4]);
});

test("a page that nobody sees, or an end out of sight, is not looked at", () => {
  read.show(3);
  mock.timers.tick(500);
  read.show(null);
  mock.timers.tick(5000);
  attendTo("one");
  assert.deepEqual(marked, []);
  read.show(3);
  mock.timers.tick(1000);
  assert.deepEqual(marked, [3]);
});

test("whoever acts upon it has read what is in sight", () => {
  read.show(3);
  attendTo("another");
  assert.deepEqual(marked, []);
  attendTo("one");
  assert.deepEqual(marked, [3]);
  mock.timers.tick(5000);
  assert.deepEqual(marked, [3]);
});

test("what is read elsewhere is not marked again", () => {
  read.show(3);
  read.know(3);
  mock.timers.tick(1000);
  attendTo("one");
  assert.deepEqual(marked, []);
});

test("is marked again at the next look when the mark was lost", async () => {
  read.stop();
  let isLost = true;
  read = reading("one", async (seq) => {
    if (isLost) throw new Error("lost");
    marked.push(seq);
  });
  read.show(3);
  attendTo("one");
  await Promise.resolve();
  await Promise.resolve();
  isLost = false;
  read.show(3);
  mock.timers.tick(1000);
  assert.deepEqual(marked, [3]);
});
