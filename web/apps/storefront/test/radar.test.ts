import assert from "node:assert/strict";
import { test } from "node:test";
import type { ClientFrame, ServerFrame } from "@stoa/protocol";

/* The parts of a browser that a page's visit touches, and the server's end of its line. */
const page = new EventTarget();
Object.assign(globalThis, {
  document: Object.assign(new EventTarget(), { referrer: "", hidden: false }),
  location: { origin: "https://shop.example" },
  window: Object.assign(page, { dispatchEvent: page.dispatchEvent.bind(page) }),
  addEventListener: () => {},
});
const every = globalThis.setInterval;
globalThis.setInterval = ((...given: Parameters<typeof every>) =>
  every(...given).unref()) as typeof every;

const sent: ClientFrame[] = [];
let say: (frame: ServerFrame) => void = () => {};
globalThis.WebSocket = class {
  readyState = 1;
  onopen?: () => void;
  onmessage?: (message: { data: string }) => void;
  constructor() {
    say = (frame) => this.onmessage?.({ data: JSON.stringify(frame) });
    setTimeout(() => {
      this.onopen?.();
      const server_time = new Date().toISOString();
      const more = { server_time, ping_seconds: 25, max_frame_bytes: 65_536 };
      say({ t: "welcome", session: "s", version: 1, ...more });
    });
  }
  send(text: string) {
    sent.push(JSON.parse(text));
  }
  close() {}
} as never;

const { followPage } = await import("../src/radar.ts");

async function nth<T extends ClientFrame["t"]>(t: T, count: number) {
  for (let turns = 0; turns < 1_000; turns++) {
    const all = sent.filter((frame): frame is Extract<ClientFrame, { t: T }> => frame.t === t);
    const found = all[count - 1];
    if (found) return found;
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
  throw new Error(`no ${t} was sent`);
}

test("somebody invited while the page began to listen is invited, once", async () => {
  const invited: string[] = [];
  page.addEventListener("stoa:invitation", (event) => {
    invited.push((event as CustomEvent<{ id: string }>).detail.id);
  });
  followPage(JSON.stringify({ locale: "en", path: "/", title: "", errors: [], payment: null }));
  const opened = { visit_id: "v", visitor_id: null };
  const first = await nth("command", 1);
  say({ t: "ack", id: first.id, data: { ...opened, invitation: null } } as never);
  await nth("subscribe", 1);
  say({ t: "subscribed", topic: "invitations:v", seq: 0 });
  const second = await nth("command", 2);
  const invitation = { id: "one", text: "May I help?", staff_name: "Anna" };
  say({ t: "ack", id: second.id, data: { ...opened, invitation } } as never);
  say({ t: "signal", topic: "invitations:v", type: "invitation", data: invitation } as never);
  await new Promise((resolve) => setTimeout(resolve));
  assert.deepEqual(invited, ["one"]);
});
