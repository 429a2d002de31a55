import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
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
    () => undefined,
  );
  const other = joinTabs(
    () => false,
    (callId) => taken.push(`second:${callId}`),
    () => undefined,
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

/** Another tab, which says what the test has it say. */
function anotherTab(t: TestContext) {
  const channel = new BroadcastChannel("stoa.call");
  t.after(() => channel.close());
  const asked = new Promise<void>((resolve) => {
    channel.onmessage = ({ data }) => data.says === "who" && resolve();
  });
  return { asked, say: (says: string, callId: string) => channel.postMessage({ says, callId }) };
}

test("a tab that answers late is found all the same", async (t) => {
  const other = anotherTab(t);
  const spoken = new Promise<string>((resolve) => {
    const tabs = joinTabs(
      () => false,
      () => undefined,
      resolve,
    );
    t.after(() => tabs.close());
    void tabs.ask("one").then((isSpoken) => {
      assert.equal(isSpoken, false);
      other.say("me", "one");
    });
  });
  assert.equal(await spoken, "one");
});

test("a tab that begins to speak while another asks who does has been found", async (t) => {
  const other = anotherTab(t);
  const tabs = joinTabs(
    () => false,
    () => undefined,
    () => undefined,
  );
  t.after(() => tabs.close());
  const answer = tabs.ask("one");
  await other.asked;
  other.say("me", "another");
  other.say("here", "one");
  assert.equal(await answer, true);
});
