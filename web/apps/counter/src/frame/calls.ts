import { signal } from "@preact/signals";
import type { CustomerCall } from "@stoa/protocol";
import { boot, wasInCall } from "./boot.ts";
import { later } from "./later.tsx";
import { command, connect } from "./line.ts";
import { view } from "./view.ts";
import { current, watcher } from "./visitor.ts";

/* What the chat knows of calls. The part that speaks is loaded when there is one. */

/** The visitor's call, as the server tells it; the newest one also after its end. */
export const call = signal<CustomerCall | null>(null);
/** The part that draws and speaks. */
export const calls = later(async () => {
  const part = await import("./call/main.tsx");
  await part.prepare();
  return part;
});

/** The customer wants to speak: asks for the microphone and rings, or does what is possible while
 * nobody answers. */
export function callNow(instead?: "voicemail" | "callback"): void {
  view.value = "call";
  calls
    .get()
    .then((part) => (instead === "callback" ? part.wantCallback() : part.begin(true, instead)))
    // The view says that the part did not come, and asks for it again.
    .catch(() => undefined);
}

/** What a call needs is on its way before anything else: every moment is silence. */
export function hurry(): void {
  if (!wasInCall) return;
  // Whoever needs them finds out when they did not come.
  import("./call/main.tsx").catch(() => undefined);
  connect().catch(() => undefined);
}

/** A page turn ended the sound; it is made anew beside the line, without waiting for it. */
export function goOnSpeaking(): void {
  if (!wasInCall) return;
  calls
    .get()
    .then((part) => part.rejoin())
    // Without its part there is no call; what the server says of it comes with the next load.
    .catch(() => undefined);
}

export function takeCall(next: CustomerCall): void {
  const now = call.peek();
  if (now?.id === next.id && next.version < now.version) return;
  // One that has ended before this page knew of it is no news.
  if (next.state === "ended" && now?.id !== next.id) return;
  call.value = next;
  calls.get().catch(() => undefined);
}

async function look() {
  let before = call.peek();
  const now = await current(() => {
    before = call.peek();
    return command("call.current", { shop_id: boot.shop_id });
  });
  const known = call.peek();
  if (now.call) takeCall(now.call);
  else if (known && known.state !== "ended" && known.id === before?.id) {
    // It ended while nobody listened; the conversation's card knows how.
    call.value = { ...known, state: "ended", version: known.version + 1 };
  }
  return now;
}

/** Every change of the visitor's call is heard from now on. There must be a visitor. */
export const watchCalls = watcher("call.changed", look, async ({ call: next }) => takeCall(next));
