import { signal } from "@preact/signals";
import { ringCustomer, type SuperviseMode } from "../api/calls.ts";
import { lazily } from "../app/lazy.tsx";
import { newClientId } from "../conversations/thread-store.ts";
import { areCallsLoaded, callersCount, rings, seat, takeCall } from "./store.ts";

const wanted = signal(false);
const layer = lazily(async () => (await import("./layer.tsx")).CallLayer);

/** The desk's calls: their code comes with the first call that waits, rings or is made. */
export function Calls() {
  if (callersCount.value > 0) void layer.fetch();
  if (rings.value.length > 0 || seat.value) wanted.value = true;
  return wanted.value && areCallsLoaded.value ? <layer.View /> : null;
}

/** The customer's page rings. With `callbackOf` it is the call somebody waits for. */
export async function callCustomer(
  conversationId: string,
  callbackOf: string | null = null,
): Promise<boolean> {
  const { call } = await import("./layer.tsx");
  wanted.value = true;
  const body = {
    conversation_id: conversationId,
    client_id: newClientId(),
    callback_of: callbackOf,
  };
  return call(async () => takeCall(await ringCustomer(body)));
}

/** A supervisor comes into a colleague's call. */
export async function superviseCall(callId: string, mode: SuperviseMode): Promise<boolean> {
  const { supervise } = await import("./layer.tsx");
  wanted.value = true;
  return supervise(callId, mode);
}
