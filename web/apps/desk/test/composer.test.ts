import "./browser.ts";
import assert from "node:assert/strict";
import { afterEach, test } from "node:test";
import { signal } from "@preact/signals";
import type { Message } from "../src/api/conversations.ts";

const { openComposer } = await import("../src/conversations/composer-store.ts");
const { drop, parcels } = await import("../src/conversations/outbox.ts");
type Thread = Parameters<typeof openComposer>[0];

function said(seq: number, more: Partial<Message>): Message {
  return {
    seq,
    kind: "text",
    sender_kind: "agent",
    staff_id: "bo",
    staff_name: "Bo",
    body: `message ${seq}`,
    ...more,
  } as Message;
}

function thread(id: string, messages: Message[]): Thread {
  const looking = { write: () => {}, rest: () => {} };
  return { id, messages: signal(messages), looking } as unknown as Thread;
}

const written = () => parcels.value.map(({ body, acts }) => [body, acts ?? []]);

afterEach(() => {
  for (const { clientId } of parcels.value) drop(clientId);
});

test("asks before an answer leaves that a colleague was faster with", () => {
  const one = thread("one", [said(1, { sender_kind: "customer", staff_id: null })]);
  const composer = openComposer(one);
  composer.switchNote(); // Nothing is told over a line that is not there.
  composer.input("It is blue.");
  composer.switchNote();
  one.messages.value = [...one.messages.value, said(1, { kind: "note" })];
  one.messages.value = [...one.messages.value, said(2, {})];
  assert.equal(composer.submit(), false);
  assert.deepEqual(composer.obstacle.value, { is: "answered", name: "Bo", text: "message 2" });
  assert.equal(composer.text.value, "It is blue.", "nothing is lost");
  const again = openComposer(one);
  assert.equal(again.submit(), false, "also after a reload");
  assert.equal(again.submit(true), true);
  assert.deepEqual(written(), [["It is blue.", []]]);
});

test("takes what was said before for known to whoever writes before it is here", () => {
  const quick = thread("quick", []);
  const composer = openComposer(quick);
  composer.switchNote();
  composer.input("It is blue.");
  composer.switchNote();
  quick.messages.value = [said(1, { sender_kind: "customer", staff_id: null }), said(2, {})];
  assert.equal(composer.submit(), true, "nobody was faster");
  composer.switchNote();
  composer.input("And round.");
  composer.switchNote();
  quick.messages.value = [...quick.messages.value, said(3, {})];
  assert.equal(composer.submit(), false, "now somebody was");
  composer.close();
});

test("leaves alone what another window has written meanwhile", () => {
  const slow = thread("slow", []);
  const composer = openComposer(slow);
  composer.switchNote();
  composer.input("It is blue");
  const key = "stoa.desk.draft.slow";
  const kept = JSON.parse(localStorage.getItem(key) ?? "");
  localStorage.setItem(key, JSON.stringify({ ...kept, text: "It is blue, and round" }));
  slow.messages.value = [said(4, {})];
  const { text, since } = JSON.parse(localStorage.getItem(key) ?? "");
  assert.deepEqual([text, since], ["It is blue, and round", 4]);
  localStorage.removeItem(key); // It was sent there.
  slow.messages.value = [said(4, {}), said(5, {})];
  assert.equal(localStorage.getItem(key), null);
  composer.close();
});

test("is not put back by who has not heard that it was sent", () => {
  const slower = thread("slower", []);
  const composer = openComposer(slower);
  composer.switchNote();
  composer.input("It is blue");
  localStorage.removeItem("stoa.desk.draft.slower");
  slower.messages.value = [said(4, {})];
  assert.equal(localStorage.getItem("stoa.desk.draft.slower"), null);
  composer.close();
});

test("asks before a text leaves that is not filled in, but not before a note", () => {
  const composer = openComposer(thread("two", []));
  composer.switchNote();
  composer.input("Call {{customer}}");
  composer.switchNote();
  assert.equal(composer.submit(), false);
  assert.deepEqual(composer.obstacle.value, { is: "unfilled", names: ["{{customer}}"] });
  composer.switchNote();
  assert.equal(composer.submit(), true);
});

test("keeps what a macro does until its reply is sent", () => {
  const acts = [{ do: "close" as const }];
  const three = thread("three", []);
  const composer = openComposer(three);
  composer.switchNote();
  composer.input("Goodbye");
  composer.switchNote();
  composer.staged.value = { name: "Bye", acts };
  composer.unstage();
  assert.equal(composer.staged.value, null);
  composer.staged.value = { name: "Bye", acts };
  assert.equal(composer.submit(), true);
  assert.deepEqual(written(), [["Goodbye", acts]]);
  assert.equal(composer.staged.value, null);
  assert.equal(openComposer(three).staged.value, null, "and nothing of it is kept");
});
