import assert from "node:assert/strict";
import { test } from "node:test";
import { isPhone } from "../src/frame/call/phone.ts";
import { joinTabs } from "../src/frame/call/tabs.ts";
import { browserOf } from "../src/frame/call/trouble.tsx";

for (const number of ["+48 12 345 67 89", "0211/123456", "(030) 12-34.567", "123456"]) {
  test(`"${number}" could be called`, () => assert.ok(isPhone(number)));
}

for (const text of ["call me", "12345", "+1234567890123456", "12 34 56 x 7", "++4812345678", ""]) {
  test(`"${text}" is no number`, () => assert.ok(!isPhone(text)));
}

const AGENTS = {
  firefox: "Mozilla/5.0 (X11; Linux x86_64; rv:132.0) Gecko/20100101 Firefox/132.0",
  chromium: "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/130.0 Safari/537.36",
  safari: "Mozilla/5.0 (Macintosh) AppleWebKit/605.1.15 Version/18.0 Safari/605.1.15",
  other: "Something else",
};

for (const [name, agent] of Object.entries(AGENTS)) {
  test(`the way to the microphone's switch is told for ${name}`, () => {
    assert.equal(browserOf(agent), name);
  });
}

test("a tab that begins to speak silences the others, and one that asks finds it", async () => {
  const taken: string[] = [];
  const speaking = joinTabs(
    (callId) => callId === "one",
    (callId) => taken.push(`first:${callId}`),
  );
  const other = joinTabs(
    () => false,
    (callId) => taken.push(`second:${callId}`),
  );
  assert.equal(await other.ask("one"), true);
  assert.equal(await other.ask("another"), false);
  speaking.claim("one");
  // A further answer comes after everything said before it.
  await other.ask("one");
  assert.deepEqual(taken, ["second:one"]);
  speaking.close();
  other.close();
});
