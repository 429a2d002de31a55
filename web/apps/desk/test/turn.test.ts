import assert from "node:assert/strict";
import { test } from "node:test";
import { type Locks, turn } from "../src/calls/turn.ts";

interface Held {
  readonly end: (error?: Error) => void;
}

/** One lock of a browser, as the Web Locks specification has it: a queue, and stealing. */
function oneLock(): Locks {
  let held: Held | null = null;
  const queue: (() => void)[] = [];
  const next = () => {
    held = null;
    queue.shift()?.();
  };
  const request = (_name: string, options: LockOptions, hold: () => unknown) =>
    new Promise<unknown>((resolve, reject) => {
      const grant = () => {
        const mine: Held = { end: (error) => (error ? reject(error) : resolve(undefined)) };
        held = mine;
        void Promise.resolve(hold()).then(() => {
          if (held !== mine) return;
          mine.end();
          next();
        });
      };
      options.signal?.addEventListener("abort", () => {
        const index = queue.indexOf(grant);
        if (index < 0) return;
        queue.splice(index, 1);
        reject(new Error("aborted"));
      });
      if (options.steal) {
        held?.end(new Error("stolen"));
        grant();
      } else if (held) queue.push(grant);
      else grant();
    });
  return { request: request as unknown as Locks["request"] };
}

const settled = () => new Promise((resolve) => setTimeout(resolve));

test("one tab at a time has it; who takes it has it from the other", async () => {
  const lock = oneLock();
  const [one, two] = [turn("voice", lock), turn("voice", lock)];
  await one.take();
  assert.deepEqual([one.isMine.value, two.isMine.value], [true, false]);
  await two.take();
  await settled();
  assert.deepEqual([one.isMine.value, two.isMine.value], [false, true]);
});

test("who waits gets it when it is given up, and not before", async () => {
  const lock = oneLock();
  const [one, two] = [turn("voice", lock), turn("voice", lock)];
  await one.take();
  two.wait();
  await settled();
  assert.equal(two.isMine.value, false);
  one.drop();
  await settled();
  assert.deepEqual([one.isMine.value, two.isMine.value], [false, true]);
});

test("who no longer waits does not get it", async () => {
  const lock = oneLock();
  const [one, two] = [turn("voice", lock), turn("voice", lock)];
  await one.take();
  two.wait();
  two.drop();
  one.drop();
  await settled();
  assert.equal(two.isMine.value, false);
});

test("without locks a tab is alone", async () => {
  const alone = turn("voice", undefined);
  await alone.take();
  assert.equal(alone.isMine.value, true);
});
