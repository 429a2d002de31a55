import { signal } from "@preact/signals";
import { Client, type State, type Subscription, type TopicListener } from "@stoa/client";
import type { Commands, SignalsIn, SignalsOut } from "@stoa/protocol";
import { isAtHome, wasInCall } from "./boot.ts";
import { keep, kept } from "./kept.ts";
import { tag } from "./texts.ts";

/** "idle" until the first act that needs a line. */
export const lineState = signal<"idle" | State>("idle");
/** What the reader is told of the line: that it is gone, that it comes back, that it is back. */
export const lineNotice = signal<"offline" | "resuming" | "back" | null>(null);

/** A break shorter than this is nobody's business. */
const QUIET_MS = 1_500;
const BACK_MS = 4_000;
/* Where cookies know the visitor, the frame keeps no token, only that there is a visitor. */
const BY_COOKIE = "cookie";

let client: Client | undefined;
let opening: Promise<void> | undefined;
/* Where storage is forbidden the token lives as long as the page. */
let token = kept("visitor");
let noticeTimer = 0;
const backListeners = new Set<() => void>();

/** The browser is a visitor and the line is opening; what is asked meanwhile waits for it. */
export function connect(): Promise<void> {
  opening ??= open().catch((problem) => {
    opening = undefined;
    throw problem;
  });
  return opening;
}

async function open() {
  // A visitor who speaks was known a moment ago; if that is no longer so, the server says it.
  if (wasInCall && token) ensureVisitor().catch(() => undefined);
  else await ensureVisitor();
  client = new Client({
    surface: "counter",
    get locale() {
      return tag.value;
    },
    token: bearer,
  });
  lineState.value = client.state;
  client.onState(changed);
}

async function ensureVisitor() {
  const headers: Record<string, string> = { "Content-Type": "application/json" };
  const bearing = authorization();
  if (bearing) headers.Authorization = bearing;
  const response = await fetch("/api/counter/visitor", {
    method: "POST",
    headers,
    body: JSON.stringify({ locale: tag.value, keeps: isAtHome ? "cookie" : "token" }),
  });
  if (!response.ok) throw await response.json();
  const { token: fresh } = (await response.json()) as { token: string | null };
  token = isAtHome ? BY_COOKIE : (fresh ?? token);
  keep("visitor", token ?? "");
}

function bearer(): string | null {
  return token && token !== BY_COOKIE ? token : null;
}

/** The header that names the visitor where no cookie does. */
export function authorization(): string | null {
  const value = bearer();
  return value ? `Bearer ${value}` : null;
}

function changed(state: State) {
  const before = lineState.peek();
  lineState.value = state;
  clearTimeout(noticeTimer);
  if (state === "offline") lineNotice.value = "offline";
  else if (state === "resuming") announceLater();
  else if (state === "live") {
    const wasTold = lineNotice.peek() !== null;
    lineNotice.value = wasTold ? "back" : null;
    noticeTimer = window.setTimeout(() => {
      lineNotice.value = null;
    }, BACK_MS);
    if (before !== "connecting") for (const listener of backListeners) listener();
  } else if (state === "refused") renew();
}

function announceLater() {
  noticeTimer = window.setTimeout(() => {
    lineNotice.value = "resuming";
  }, QUIET_MS);
}

/* The server no longer knows the token: its database is another one, or it was cleaned. */
function renew() {
  token = null;
  keep("visitor", "");
  ensureVisitor().then(
    () => client?.reconnect(),
    () => announceLater(),
  );
}

/** Resolves once the server has done and stored it, over any number of lines. */
export async function command<Name extends keyof Commands & string>(
  name: Name,
  input: Commands[Name]["input"],
): Promise<Commands[Name]["output"]> {
  await connect();
  if (!client) throw new Error("There is no line.");
  return client.command(name, input);
}

/** Sent where there is a line just now, else forgotten. */
export function tellSignal<Type extends keyof SignalsOut & string>(
  type: Type,
  data: SignalsOut[Type],
): void {
  client?.signal(type, data);
}

/** How much still waits to leave, in bytes. */
export function unsentBytes(): number {
  return client?.unsentBytes ?? 0;
}

/** The topic's events after `listener.after`. There must be a line. */
export function follow(topic: string, listener: TopicListener): Subscription | undefined {
  return client?.subscribe(topic, listener);
}

/** Hears a kind of signal on one topic. There must be a line. */
export function onSignal<Type extends keyof SignalsIn & string>(
  type: Type,
  listener: (data: SignalsIn[Type], topic: string) => void,
): void {
  client?.onSignal(type, listener);
}

/** The server's clock, in milliseconds; the device's own may be wrong. */
export function serverNow(): number {
  return Date.now() + (client?.clockOffset ?? 0);
}

/** Calls back each time the line has come back. */
export function onReconnect(listener: () => void): void {
  backListeners.add(listener);
}
