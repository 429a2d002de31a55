import assert from "node:assert/strict";
import { test } from "node:test";

/* A frame without a page: what it tells goes to `told`, what it asks of the server to `asked`. */
type Told = { data: { type: string }; ports: MessagePort[] };
type Asked = { t: string; id: string; name: string };
const told: Told[] = [];
const asked: Asked[] = [];
const signals: string[] = [];
let server: FakeSocket;

class FakeSocket {
  readyState = 1;
  bufferedAmount = 0;
  onopen = () => {};
  onmessage: (message: { data: string }) => void = () => {};
  constructor() {
    server = this;
    setImmediate(() => this.onopen());
  }
  send(text: string) {
    const frame = JSON.parse(text);
    const server_time = new Date().toISOString();
    if (frame.t === "hello") this.say({ t: "welcome", ping_seconds: 25, server_time });
    else if (frame.t === "command") asked.push(frame);
    else if (frame.t === "signal") signals.push(frame.type);
  }
  say(frame: object) {
    this.onmessage({ data: JSON.stringify(frame) });
  }
  close() {}
}

// The line looks for signs of life for as long as its page is there; the test has an end.
const { setInterval, setTimeout } = globalThis;
const resting = {
  setInterval: (run: () => void, pause: number) => setInterval(run, pause).unref(),
  setTimeout: (run: () => void, pause: number) => setTimeout(run, pause).unref(),
};
const silent = { addEventListener() {}, removeEventListener() {} };
Object.assign(globalThis, {
  ...silent,
  setInterval: resting.setInterval,
  window: Object.assign(Object.create(globalThis), resting),
  location: { origin: "https://shop.example", search: "", protocol: "https:" },
  document: {
    ...silent,
    getElementById: () => null,
    documentElement: {},
    visibilityState: "visible",
  },
  parent: {
    location: { origin: "https://elsewhere.example" },
    postMessage: (data: Told["data"], _origin: string, ports: MessagePort[]) =>
      told.push({ data, ports }),
  },
  // Between tabs nothing is said here; a test that fails has an end, too.
  BroadcastChannel: class {
    postMessage() {}
    close() {}
  },
  WebSocket: FakeSocket,
  fetch: async () => new Response(JSON.stringify({ token: "visitor" })),
});

const SESSION = {
  id: "session",
  staff_name: "Anna",
  state: "active",
  control: "none",
  version: 2,
};

const turn = () => new Promise((resolve) => setTimeout(resolve, 5));

async function until<Found>(find: () => Found | undefined): Promise<Found> {
  for (let turns = 0; turns < 1_000; turns += 1) {
    const found = find();
    if (found !== undefined) return found;
    await turn();
  }
  return assert.fail("It did not come.");
}

/** The next look of the frame at how things stand, and how it is answered. */
async function theLook() {
  const command = await until(() => asked.shift());
  assert.equal(command.name, "cobrowse.current");
  return (session: object | null, seq: number) =>
    server.say({
      t: "ack",
      id: command.id,
      data: { session, rules: {}, is_watched: false, visitor_id: "visitor", seq },
    });
}

let seq = 1;
function happen(session: object) {
  seq += 1;
  const frame = { t: "event", topic: "visitor:visitor", seq, type: "cobrowse.changed" };
  server.say({ ...frame, data: { session } });
}

test("what changes holds at once for the page, and what comes late does not", async (t) => {
  const { watchCobrowsing } = await import("../src/frame/cobrowsing.ts");
  const watching = watchCobrowsing();
  (await theLook())(SESSION, 1);
  await watching;
  const { ports } = await until(() => told.find(({ ports }) => ports?.length));
  const [port] = ports;
  assert.ok(port);
  t.after(() => port.close());
  const heard: { type: string; isInControl?: boolean }[] = [];
  port.onmessage = ({ data }) => heard.push(data);
  await until(() => heard.find(({ type }) => type === "session"));

  // What was seen before a pause does not leave after it.
  const events = Array.from({ length: 20_000 }, () => Math.random());
  port.postMessage({ type: "batch", stream: "one", batch: 0, keyframe: true, events });
  const page = { stream: "one", url: "", title: "", width: 1, height: 1 };
  port.postMessage({ type: "page", page: { ...page, state: "paused", reason: "payment" } });
  await until(() => heard.find(({ type }) => type === "sent"));
  assert.deepEqual(signals.slice(signals.indexOf("cobrowse.page")), ["cobrowse.page"]);

  happen({ ...SESSION, control: "given", version: 3 });
  const late = await theLook();
  await until(() => heard.find(({ isInControl }) => isInControl));

  happen({ ...SESSION, state: "ended", control: "none", version: 4 });
  await until(() => heard.find(({ type }) => type === "end"));

  // What was read before the end does not bring it back.
  const before = told.length;
  late({ ...SESSION, control: "given", version: 3 }, 2);
  (await theLook())(null, 3);
  await turn();
  assert.deepEqual(
    told.slice(before).filter(({ ports }) => ports?.length),
    [],
  );
});

test("a question that is told again is not drawn again under the finger", async (t) => {
  const { watchCobrowsing } = await import("../src/frame/cobrowsing.ts");
  await watchCobrowsing();
  const before = told.length;
  const session = { ...SESSION, id: "another", version: 2 };
  const questions = () =>
    told
      .slice(before)
      .map(
        ({ data }) => (data as unknown as { message: { type: string; question?: object } }).message,
      )
      .filter(({ type }) => type === "question");
  happen(session);
  (await theLook())(session, seq);
  const { ports } = await until(() => told.slice(before).find(({ ports }) => ports?.length));
  t.after(() => ports[0]?.close());

  const asking = { ...session, control: "asked", version: 3 };
  happen(asking);
  const look = await theLook();
  await until(() => questions().find(({ question }) => question));
  look(asking, seq);
  // The look is taken over before more is heard.
  await turn();
  happen({ ...session, control: "given", version: 4 });
  await until(() => questions().find(({ question }) => !question));
  assert.equal(questions().length, 2);

  happen({ ...session, state: "ended", version: 5 });
  (await theLook())(null, seq);
  (await theLook())(null, seq);
  await turn();
});
