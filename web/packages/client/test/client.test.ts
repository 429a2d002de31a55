import assert from "node:assert/strict";
import { afterEach, beforeEach, mock, test } from "node:test";
import type { ClientFrame, EventFrame, ServerFrame } from "@stoa/protocol";
import { Client, Refusal } from "../src/index.ts";

/** A server's end of a WebSocket, in the hand of the test. */
class FakeSocket {
  static all: FakeSocket[] = [];
  static get last(): FakeSocket {
    return FakeSocket.all.at(-1) as FakeSocket;
  }
  readyState = 0;
  sent: ClientFrame[] = [];
  onopen?: () => void;
  onmessage?: (message: { data: string }) => void;
  onclose?: (event: { code: number }) => void;
  onerror?: () => void;

  constructor() {
    FakeSocket.all.push(this);
  }
  send(text: string): void {
    this.sent.push(JSON.parse(text));
  }
  close(): void {
    this.readyState = 3;
  }
  say(frame: ServerFrame): void {
    this.onmessage?.({ data: JSON.stringify(frame) });
  }
  welcome(): void {
    this.readyState = 1;
    this.onopen?.();
    this.say({
      t: "welcome",
      session: "s",
      version: 1,
      server_time: new Date().toISOString(),
      ping_seconds: 25,
      max_frame_bytes: 65536,
    });
  }
  lose(code = 1006): void {
    this.readyState = 3;
    this.onclose?.({ code });
  }
  of<T extends ClientFrame["t"]>(t: T): Extract<ClientFrame, { t: T }>[] {
    return this.sent.filter((frame): frame is Extract<ClientFrame, { t: T }> => frame.t === t);
  }
}

const event = (seq: number): EventFrame => ({
  t: "event",
  topic: "cart:1",
  seq,
  type: "x",
  data: { seq },
  at: "2026-01-01T00:00:00Z",
});

let client: Client;
const realSocket = globalThis.WebSocket;
const realFetch = globalThis.fetch;

beforeEach(() => {
  mock.timers.enable({ apis: ["setTimeout", "setInterval", "Date"] });
  mock.method(Math, "random", () => 0.5);
  FakeSocket.all = [];
  globalThis.WebSocket = FakeSocket as never;
  client = new Client({ base: "http://stoa.test", surface: "counter", locale: "el" });
});

afterEach(() => {
  client.close();
  mock.timers.reset();
  mock.restoreAll();
  globalThis.WebSocket = realSocket;
  globalThis.fetch = realFetch;
});

function listen(after: number | null = 0) {
  const seen: number[] = [];
  const resyncs: number[] = [];
  const subscription = client.subscribe("cart:1", {
    after,
    event: ({ seq }) => seen.push(seq),
    resync: async () => {
      resyncs.push(seen.length);
      return 50;
    },
  });
  return { seen, resyncs, subscription };
}

const ask = (name: string, data: object = {}) => client.command(name as never, data as never);

test("says hello first and is live once welcomed", () => {
  const states: string[] = [];
  client.onState((state) => states.push(state));
  FakeSocket.last.welcome();
  assert.deepEqual(FakeSocket.last.sent[0], {
    t: "hello",
    version: 1,
    surface: "counter",
    locale: "el",
    token: null,
  });
  assert.deepEqual(states, ["live"]);
});

test("gives each event once and asks again over a gap", () => {
  const { seen } = listen();
  FakeSocket.last.welcome();
  for (const seq of [1, 2, 2, 1, 3]) FakeSocket.last.say(event(seq));
  assert.deepEqual(seen, [1, 2, 3]);
  FakeSocket.last.say(event(5));
  assert.deepEqual(seen, [1, 2, 3]);
  assert.equal(FakeSocket.last.of("subscribe").at(-1)?.after, 3);
});

test("resumes after the last event on the next line", () => {
  const { seen } = listen();
  FakeSocket.last.welcome();
  FakeSocket.last.say(event(1));
  FakeSocket.last.lose();
  assert.equal(client.state, "resuming");
  mock.timers.tick(1_000);
  FakeSocket.last.welcome();
  assert.equal(FakeSocket.all.length, 2);
  assert.deepEqual(FakeSocket.last.of("subscribe")[0], {
    t: "subscribe",
    topic: "cart:1",
    after: 1,
  });
  FakeSocket.last.say(event(2));
  assert.deepEqual(seen, [1, 2]);
});

test("takes a snapshot when told to, and not for a slow spell", async () => {
  const { resyncs } = listen();
  FakeSocket.last.welcome();
  FakeSocket.last.say({ t: "resync", topic: "cart:1", reason: "slow" });
  assert.equal(resyncs.length, 0);
  assert.equal(FakeSocket.last.of("subscribe").length, 2);
  FakeSocket.last.say({ t: "resync", topic: "cart:1", reason: "pruned" });
  await Promise.resolve();
  await Promise.resolve();
  assert.equal(resyncs.length, 1);
  assert.equal(FakeSocket.last.of("subscribe").at(-1)?.after, 50);
});

test("does commands of one name one after the other, and different ones at once", async () => {
  FakeSocket.last.welcome();
  const first = ask("message.send", { n: 1 });
  const second = ask("message.send", { n: 2 });
  void ask("message.read");
  assert.deepEqual(
    FakeSocket.last.of("command").map(({ name }) => name),
    ["message.send", "message.read"],
  );
  const [sent] = FakeSocket.last.of("command");
  FakeSocket.last.say({ t: "ack", id: sent?.id as string, data: { done: 1 } });
  assert.deepEqual(await first, { done: 1 });
  const next = FakeSocket.last.of("command").at(-1);
  assert.deepEqual(next?.data, { n: 2 });
  FakeSocket.last.say({ t: "ack", id: next?.id as string, data: { done: 2 } });
  assert.deepEqual(await second, { done: 2 });
});

test("sends an unanswered command again over the next line, once", async () => {
  const answer = ask("message.send", { client_id: "a" });
  FakeSocket.last.welcome();
  assert.equal(FakeSocket.last.of("command").length, 1);
  FakeSocket.last.lose();
  mock.timers.tick(1_000);
  FakeSocket.last.welcome();
  const again = FakeSocket.last.of("command");
  assert.equal(again.length, 1);
  assert.deepEqual(again[0]?.data, { client_id: "a" });
  FakeSocket.last.say({ t: "ack", id: again[0]?.id as string, data: {} });
  await answer;
});

test("tells a refusal in the reader's words", async () => {
  FakeSocket.last.welcome();
  const answer = ask("message.send");
  const id = FakeSocket.last.of("command")[0]?.id as string;
  FakeSocket.last.say({
    t: "problem",
    id,
    code: "empty_message",
    status: 422,
    title: "Γράψτε κάτι.",
    errors: [],
  });
  await assert.rejects(
    answer,
    (error: Error) => error instanceof Refusal && error.message === "Γράψτε κάτι.",
  );
});

test("tries again what only fails for a moment, before what comes after it", () => {
  FakeSocket.last.welcome();
  void ask("message.send", { n: 1 });
  void ask("message.send", { n: 2 });
  const id = FakeSocket.last.of("command")[0]?.id as string;
  FakeSocket.last.say({ t: "problem", id, code: "busy", status: 503, title: "", errors: [] });
  assert.equal(FakeSocket.last.of("command").length, 1);
  mock.timers.tick(4_000);
  assert.deepEqual(
    FakeSocket.last.of("command").map(({ data }) => data),
    [{ n: 1 }, { n: 1 }],
  );
});

test("stays away when refused, until asked to come back", async () => {
  const answer = ask("message.send");
  FakeSocket.last.welcome();
  FakeSocket.last.lose(4401);
  assert.equal(client.state, "refused");
  await assert.rejects(answer);
  mock.timers.tick(120_000);
  assert.equal(FakeSocket.all.length, 1);
  client.reconnect();
  FakeSocket.last.welcome();
  assert.equal(client.state, "live");
});

test("notices a dead line by its silence", () => {
  const pass = (seconds: number) => {
    for (let second = 0; second < seconds; second++) mock.timers.tick(1_000);
  };
  FakeSocket.last.welcome();
  pass(30);
  assert.ok(FakeSocket.last.of("ping").length >= 1);
  FakeSocket.last.say({ t: "pong" });
  pass(30);
  assert.equal(client.state, "live");
  pass(11);
  assert.equal(client.state, "resuming");
  assert.equal(FakeSocket.all[0]?.readyState, 3);
  assert.equal(FakeSocket.all.length, 2);
});

test("a line that came about begins the count of pauses anew", () => {
  FakeSocket.last.welcome();
  FakeSocket.last.lose();
  const pauses: number[] = [];
  for (let round = 0; round < 6; round++) {
    const before = FakeSocket.all.length;
    let waited = 0;
    while (FakeSocket.all.length === before && waited < 60_000) {
      mock.timers.tick(250);
      waited += 250;
    }
    pauses.push(waited);
    FakeSocket.last.welcome();
    FakeSocket.last.lose();
  }
  assert.ok(
    pauses.every((pause) => pause <= 750),
    "each welcome begins the count anew",
  );
  assert.equal(client.state, "resuming");
});

test("waits longer each time, and says offline when it takes long", () => {
  globalThis.fetch = (() => Promise.reject(new TypeError("no network"))) as never;
  FakeSocket.last.welcome();
  FakeSocket.last.lose();
  const states: string[] = [];
  client.onState((state) => states.push(state));
  for (let second = 0; second < 90; second++) {
    mock.timers.tick(1_000);
    if (client.transport === "websocket") FakeSocket.last.lose();
  }
  assert.deepEqual(states, ["offline"]);
  assert.ok(FakeSocket.all.length < 15, `${FakeSocket.all.length} sockets in 90 seconds`);
});

test("goes over to long polling when sockets never come about", () => {
  const asked: string[] = [];
  globalThis.fetch = ((url: string, init: { body: string }) => {
    asked.push(`${url} ${init.body}`);
    return new Promise(() => {});
  }) as never;
  FakeSocket.last.lose(1006);
  mock.timers.tick(1);
  assert.equal(client.transport, "poll");
  assert.equal(asked.length, 1);
  assert.match(asked[0] as string, /^http:\/\/stoa\.test\/realtime\/poll \{"frames":\["/);
});

test("keeps to sockets for a while where they have worked, and goes back to them soon", () => {
  const asked: string[] = [];
  globalThis.fetch = ((_url: string, init: { body: string }) => {
    asked.push(init.body);
    return new Promise(() => {});
  }) as never;
  FakeSocket.last.welcome();
  FakeSocket.last.lose(1012);
  for (let round = 0; round < 2; round++) {
    mock.timers.tick(5_000);
    FakeSocket.last.lose();
    assert.equal(client.transport, "websocket");
  }
  mock.timers.tick(5_000);
  FakeSocket.last.lose();
  mock.timers.tick(10_000);
  assert.equal(client.transport, "poll");
  assert.equal(asked.length, 1);
});

test("forgets a closed subscription", () => {
  const { seen, subscription } = listen();
  FakeSocket.last.welcome();
  FakeSocket.last.say(event(1));
  subscription.close();
  FakeSocket.last.say(event(2));
  assert.deepEqual(seen, [1]);
  assert.equal(subscription.seq, 1);
  assert.deepEqual(FakeSocket.last.of("unsubscribe")[0]?.topic, "cart:1");
});

test("a topic says when it is heard, over each line anew", () => {
  let joined = 0;
  client.subscribe("cart:1", {
    after: null,
    event: () => undefined,
    resync: async () => null,
    joined: () => joined++,
  });
  FakeSocket.last.welcome();
  assert.equal(joined, 0);
  FakeSocket.last.say({ t: "subscribed", topic: "cart:1", seq: 4 });
  assert.equal(joined, 1);
  FakeSocket.last.lose();
  mock.timers.tick(1_000);
  FakeSocket.last.welcome();
  FakeSocket.last.say({ t: "subscribed", topic: "cart:1", seq: 4 });
  assert.equal(joined, 2);
});

test("a line that held while the device said it had no network is live again", () => {
  const listeners = new Map<string, () => void>();
  const known = globalThis.addEventListener;
  globalThis.addEventListener = ((type: string, listener: () => void) =>
    listeners.set(type, listener)) as never;
  client.close();
  client = new Client({ base: "http://stoa.test", surface: "counter", locale: "el" });
  globalThis.addEventListener = known;
  FakeSocket.last.welcome();
  listeners.get("offline")?.();
  assert.equal(client.state, "offline");
  listeners.get("online")?.();
  assert.equal(FakeSocket.last.of("ping").length, 1);
  FakeSocket.last.say({ t: "pong" } as ServerFrame);
  assert.equal(client.state, "live");
});
