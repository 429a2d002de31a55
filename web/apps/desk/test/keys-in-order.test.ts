import assert from "node:assert/strict";
import { test } from "node:test";
import { KeysInOrder } from "../src/cobrowse/keys.ts";

test("what a key leads to is there before the next key does anything", async () => {
  const keys = new KeysInOrder();
  const seen: string[] = [];
  let answer: (at: string) => void = () => undefined;
  keys.press(async () => {
    seen.push(await new Promise<string>((resolve) => (answer = resolve)));
  });
  keys.press(() => void seen.push("entered"));
  assert.equal(keys.isBusy.value, true);
  await Promise.resolve();
  assert.deepEqual(seen, []);

  answer("the field");
  const rested = new Promise<void>((resolve) => {
    keys.isBusy.subscribe((isBusy) => {
      if (!isBusy) resolve();
    });
  });
  await rested;
  assert.deepEqual(seen, ["the field", "entered"]);
});
