import { signal } from "@preact/signals";
import type { Act } from "../api/teamwork.ts";
import { Problem } from "../app/http.ts";
import type { AnswerWay } from "../channels/ways.ts";
import type { Outgoing } from "./timeline.ts";

/** What was written and is not yet known to be stored. It is kept on this device, so that neither a
 * reload nor a dropped line loses it; the client id makes sending it twice harmless. */
export interface Parcel extends Outgoing {
  readonly conversationId: string;
  readonly attachmentIds: readonly string[];
  /** What it leaves by; none: by chat. (One kept from before has none.) `first`: it was sent before
   * the ways were known, and goes where the server would send it. */
  readonly way?: AnswerWay | "first" | null;
  /** What happens to the conversation once this is stored. */
  readonly acts?: readonly Act[];
}

export type Carry = (parcel: Parcel) => Promise<void>;

const KEPT = "stoa.desk.outbox";

function kept(): Parcel[] {
  const value: unknown = JSON.parse(localStorage.getItem(KEPT) ?? "[]");
  return Array.isArray(value) ? value : [];
}

export const parcels = signal<readonly Parcel[]>(kept());

function put(next: readonly Parcel[]) {
  parcels.value = next;
  localStorage.setItem(KEPT, JSON.stringify(next));
}

function mark(clientId: string, state: Parcel["state"]) {
  put(
    parcels.peek().map((parcel) => (parcel.clientId === clientId ? { ...parcel, state } : parcel)),
  );
}

/** Forgets a parcel: it was stored, or the agent took it back. */
export function drop(clientId: string): void {
  put(parcels.peek().filter((parcel) => parcel.clientId !== clientId));
}

const underWay = new Set<string>();
/* The last parcel of each conversation that is under way: what is written after it goes after it, also
 * where that goes another way, or is quicker. */
const last = new Map<string, Promise<void>>();

async function inTurn({ conversationId }: Parcel, act: () => Promise<void>): Promise<void> {
  const before = last.get(conversationId);
  const mine = before ? before.then(act, act) : act();
  last.set(conversationId, mine);
  try {
    await mine;
  } finally {
    if (last.get(conversationId) === mine) last.delete(conversationId);
  }
}

/** Sends a parcel, in its turn within its conversation. It stays when the line is down (and goes out later), it is marked as failed when
 * the server refuses it. */
export async function dispatch(parcel: Parcel, carry: Carry): Promise<void> {
  if (underWay.has(parcel.clientId)) return;
  underWay.add(parcel.clientId);
  if (!parcels.peek().some(({ clientId }) => clientId === parcel.clientId)) {
    put([...parcels.peek(), parcel]);
  } else {
    mark(parcel.clientId, "sending");
  }
  try {
    await inTurn(parcel, () => carry(parcel));
    drop(parcel.clientId);
  } catch (error) {
    if (error instanceof Problem) mark(parcel.clientId, "failed");
  } finally {
    underWay.delete(parcel.clientId);
  }
}

/** Sends everything again that waits for the line, in its order within each conversation. */
export async function dispatchAll(carry: Carry): Promise<void> {
  for (const parcel of parcels.peek()) {
    if (parcel.state === "sending") await dispatch(parcel, carry);
  }
}
