import assert from "node:assert/strict";
import { test } from "node:test";
import type { FrameInput } from "@stoa/protocol";
import {
  Assembler,
  BadBatch,
  type Batch,
  COBROWSE_VERSION,
  PART_CHARS,
  pack,
  unpack,
} from "../src/wire.ts";

const LONG = JSON.stringify(
  Array.from({ length: 3_000 }, (_, id) => ({ id, text: `Zażółć ${id * 7919} ἀγορά` })),
);

async function frames(stream: string, batch: number, keyframe: boolean, events: unknown[]) {
  const parts = await pack(JSON.stringify(events));
  return parts.map(
    (data, part): FrameInput => ({
      session_id: "0",
      version: COBROWSE_VERSION,
      stream,
      batch,
      part,
      parts: parts.length,
      keyframe,
      data,
    }),
  );
}

async function settled(isSo: () => boolean) {
  for (let turn = 0; turn < 500 && !isSo(); turn += 1) {
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

test("a text comes back as it was, short or long", async () => {
  for (const text of ["[]", "[1]", LONG, `["${"é".repeat(200)}"]`]) {
    const parts = await pack(text);
    assert.ok(parts.every((part) => part.length <= PART_CHARS));
    assert.equal(await unpack(parts), text);
  }
});

test("a long text is deflated and cut", async () => {
  const parts = await pack(LONG);
  assert.ok(parts.length > 1);
  assert.ok(parts.join("").length < LONG.length / 2);
});

test("without CompressionStream it travels as it is, and comes back", async () => {
  const known = globalThis.CompressionStream;
  Reflect.deleteProperty(globalThis, "CompressionStream");
  try {
    const parts = await pack(LONG);
    assert.ok(parts.join("").length > LONG.length);
    assert.equal(await unpack(parts), LONG);
  } finally {
    globalThis.CompressionStream = known;
  }
});

test("refuses what was not packed by us", async () => {
  for (const parts of [["@@@"], ["Bw=="], ["AQID"], ["AP8="], [""]]) {
    await assert.rejects(unpack(parts), BadBatch);
  }
});

test("refuses what unpacks to more than any page", async () => {
  const parts = await pack(" ".repeat(24_000_001));
  await assert.rejects(unpack(parts), BadBatch);
});

test("gives batches in order from a keyframe on", async () => {
  const given: Batch[] = [];
  let losses = 0;
  const assembler = new Assembler(
    (batch) => given.push(batch),
    () => losses++,
  );
  const all = [
    ...(await frames("a", 0, true, JSON.parse(LONG))),
    ...(await frames("a", 1, false, [{ n: 1 }])),
    ...(await frames("a", 2, false, [{ n: 2 }])),
  ];
  for (const frame of all) assembler.add(frame);
  await settled(() => given.length === 3);
  assert.deepEqual(
    given.map(({ batch, keyframe }) => [batch, keyframe]),
    [
      [0, true],
      [1, false],
      [2, false],
    ],
  );
  assert.equal(given[0]?.events.length, 3_000);
  assert.equal(losses, 0);
});

test("a hole is told once, and the next keyframe mends it", async () => {
  const given: Batch[] = [];
  let losses = 0;
  const assembler = new Assembler(
    (batch) => given.push(batch),
    () => losses++,
  );
  const [first] = await frames("a", 0, true, [1]);
  const [third] = await frames("a", 2, false, [3]);
  const [fourth] = await frames("a", 3, false, [4]);
  const [again] = await frames("a", 4, true, [5]);
  for (const frame of [first, third, fourth]) assembler.add(frame as FrameInput);
  await settled(() => losses === 1 && given.length === 1);
  assert.equal(losses, 1);
  assembler.add(again as FrameInput);
  await settled(() => given.length === 2);
  assert.deepEqual(
    given.map((one) => one.events),
    [[1], [5]],
  );
  assert.equal(losses, 1);
});

test("the tail of the page before is not shown in the next one", async () => {
  const given: Batch[] = [];
  let losses = 0;
  const assembler = new Assembler(
    (batch) => given.push(batch),
    () => losses++,
  );
  const [first] = await frames("a", 0, true, [1]);
  const [turned] = await frames("b", 0, true, [2]);
  const [late] = await frames("a", 1, false, [3]);
  for (const frame of [first, turned, late]) assembler.add(frame as FrameInput);
  await settled(() => given.length === 2);
  assert.deepEqual(
    given.map((one) => one.stream),
    ["a", "b"],
  );
  assert.equal(losses, 0);
});
