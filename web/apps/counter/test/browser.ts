/** The parts of a browser that the frame touches while it is loaded outside of one, and the server's
 * end of its line in the hand of the test. */
import type { ClientFrame, Commands, EventFrame, ServerFrame } from "@stoa/protocol";

class Kept {
  private readonly items = new Map<string, string>();
  getItem(key: string): string | null {
    return this.items.get(key) ?? null;
  }
  setItem(key: string, value: string): void {
    this.items.set(key, value);
  }
  removeItem(key: string): void {
    this.items.delete(key);
  }
}

export const SHOP = "shop";
const LISTENERS = new Map<string, (event: never) => void>();
const boot = { shop_id: SHOP, shop_name: "Kerameikos", locale: "en", locales: ["en"] };

Object.assign(globalThis, {
  addEventListener: (type: string, listener: (event: never) => void) =>
    LISTENERS.set(type, listener),
  removeEventListener: () => {},
  localStorage: new Kept(),
  location: { origin: "https://shop.example", search: "" },
  document: {
    addEventListener: () => {},
    documentElement: {},
    getElementById: () => ({ textContent: JSON.stringify(boot) }),
    visibilityState: "visible",
  },
  matchMedia: () => ({ matches: false }),
  window: globalThis,
  parent: { location: { origin: "https://shop.example" }, postMessage: () => {} },
});

/** Another tab keeps something. */
export function keptElsewhere(name: string, value: string): void {
  localStorage.setItem(`stoa.counter.${name}`, value);
  LISTENERS.get("storage")?.({ key: `stoa.counter.${name}`, newValue: value } as never);
}

/** What was asked of the server by HTTP and waits for its answer, oldest first. */
export const fetched: { url: string; answer: (body: unknown) => void }[] = [];
globalThis.fetch = ((url: string) => {
  if (url === "/api/counter/visitor") return Promise.resolve(Response.json({ token: null }));
  return new Promise((resolve) => {
    fetched.push({ url, answer: (body) => resolve(Response.json(body)) });
  });
}) as typeof fetch;

type Asked = Extract<ClientFrame, { t: "command" }>;

/** The line, and what the test says over it. */
export const server = {
  sent: [] as ClientFrame[],
  say: (_frame: ServerFrame): void => {},

  async asked<Name extends keyof Commands & string>(name: Name, count = 1): Promise<Asked> {
    const all = () =>
      server.sent.filter((frame): frame is Asked => frame.t === "command" && frame.name === name);
    await until(() => all().length >= count);
    return all()[count - 1] as Asked;
  },

  answer(asked: Asked, data: unknown): void {
    server.say({ t: "ack", id: asked.id, data } as ServerFrame);
  },

  async joined(topic: string, seq: number): Promise<void> {
    await until(() => server.sent.some((one) => one.t === "subscribe" && one.topic === topic));
    server.say({ t: "subscribed", topic, seq });
  },

  tell(topic: string, seq: number, type: string, data: unknown): void {
    server.say({ t: "event", topic, seq, type, data, at: "" } as EventFrame);
  },
};

class Line {
  readyState = 0;
  bufferedAmount = 0;
  onopen?: () => void;
  onmessage?: (message: { data: string }) => void;

  constructor() {
    server.say = (frame) => this.onmessage?.({ data: JSON.stringify(frame) });
    setTimeout(() => {
      this.readyState = 1;
      this.onopen?.();
      server.say({
        t: "welcome",
        session: "s",
        version: 1,
        server_time: new Date().toISOString(),
        ping_seconds: 25,
        max_frame_bytes: 65_536,
      });
    });
  }
  send(text: string): void {
    server.sent.push(JSON.parse(text));
  }
  close(): void {}
}
globalThis.WebSocket = Line as never;

// The line lives as long as its page; a test that is over should end.
const every = globalThis.setInterval;
globalThis.setInterval = ((...given: Parameters<typeof every>) =>
  every(...given).unref()) as typeof every;

/** Everything that is under way has been done: the line and the answers are in this process. */
export async function settled(): Promise<void> {
  for (let turns = 0; turns < 5; turns++) await new Promise((resolve) => setImmediate(resolve));
}

export async function until(isSo: () => boolean): Promise<void> {
  const end = Date.now() + 2_000;
  while (!isSo() && Date.now() < end) await new Promise((resolve) => setTimeout(resolve, 1));
}
