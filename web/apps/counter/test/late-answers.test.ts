import assert from "node:assert/strict";
import { test } from "node:test";
import { fetched, keptElsewhere, SHOP, server, settled, until } from "./browser.ts";

const { channels, watchChannels } = await import("../src/frame/channels.ts");
const chat = await import("../src/frame/chat.ts");
const { current } = await import("../src/frame/visitor.ts");
const { call, watchCalls } = await import("../src/frame/calls.ts");
const { goOn } = await import("../src/frame/going-on.ts");
const { isShown } = await import("../src/frame/host.ts");
const { view } = await import("../src/frame/view.ts");

function message(seq: number, body: string) {
  return { id: `m${seq}`, client_id: `c${seq}`, seq, body, sender_kind: "agent", kind: "text" };
}

function snapshot(seq: number, ...messages: ReturnType<typeof message>[]) {
  return {
    conversation: { id: "one", state: "open", customer_read_seq: 0, agent_read_seq: 0 },
    timeline: { messages, before: null },
    attachment_key: `key ${seq}`,
    seq,
  };
}

const shownNow = () => channels.value?.map((one) => one.is_available);
const way = (is_available: boolean) => ({
  channels: [{ code: "chat", is_available, by_locale: {} }],
});

test("who has gone elsewhere while the conversation was on its way stays there", async () => {
  localStorage.setItem("stoa.counter.visitor", "cookie");
  const done = goOn();
  const asked = await server.asked("conversation.resume");
  view.value = "leave";
  server.answer(asked, { conversation: null });
  await done;
  assert.equal(view.value, "leave");
  view.value = "chooser";
});

test("a conversation that another tab begins while this one asks is found", async () => {
  chat.followOtherTabs();
  const done = chat.resume();
  const asked = await server.asked("conversation.resume", 2);
  // Whoever writes here meanwhile keeps the composer.
  assert.equal(chat.state.value, "none");
  keptElsewhere("conversation", "one");
  server.answer(asked, { conversation: null });
  server.answer(await server.asked("conversation.resume", 3), {
    conversation: snapshot(1, message(1, "Hello")),
  });
  await done;
  assert.deepEqual(
    chat.messages.value.map((one) => one.body),
    ["Hello"],
  );
});

test("a late answer takes nothing away of what was heard since", async () => {
  await server.joined("conversation:one", 1);
  const done = chat.resume();
  const asked = await server.asked("conversation.resume", 4);
  server.tell("conversation:one", 2, "message.added", { message: message(2, "Heard") });
  server.answer(asked, { conversation: snapshot(1, message(1, "Hello")) });
  await done;
  assert.deepEqual(
    chat.messages.value.map((one) => one.body),
    ["Hello", "Heard"],
  );
  assert.equal(chat.state.value, "ready");
});

test("ways that were told since a look was asked for are the newer ones", async () => {
  isShown.value = true;
  watchChannels();
  const [first] = fetched.splice(0);
  server.say({
    t: "signal",
    topic: `channels:${SHOP}`,
    type: "channels",
    data: way(true),
  } as never);
  first?.answer(way(false));
  await settled();
  assert.deepEqual(shownNow(), [true]);
});

test("the ways are looked at again once changes of them are heard", async () => {
  await server.joined(`channels:${SHOP}`, 0);
  await until(() => fetched.length > 0);
  fetched.splice(0)[0]?.answer(way(false));
  await settled();
  assert.deepEqual(shownNow(), [false]);
  isShown.value = false;
});

test("a call that began while its absence was on its way goes on", async () => {
  const looking = watchCalls();
  const asked = await server.asked("call.current");
  call.value = { id: "call", state: "waiting", version: 1 } as never;
  server.answer(asked, { call: null, visitor_id: "v", seq: 3 });
  await looking;
  assert.equal((call.peek() as { state: string } | null)?.state, "waiting");
});

test("an answer that was on its way while more was heard is asked for again", async () => {
  await server.joined("visitor:v", 3);
  const answers = [{ seq: 3 }, { seq: 4 }];
  const asked = current(async () => answers.shift() ?? { seq: 5 });
  server.tell("visitor:v", 4, "walk.changed", {});
  assert.deepEqual(await asked, { seq: 4 });
});
