import * as api from "../api/calls.ts";
import { perform } from "../app/act.ts";
import { go } from "../app/router.ts";
import { listOf } from "../conversations/list-store.ts";
import { seat, takeCall } from "./store.ts";

/** Shows the conversation a call belongs to, in the view where it stands. */
export function openConversationOf({ conversation_id: id }: { conversation_id: string }): void {
  const isMine = listOf("mine")
    .peek()
    ?.some((row) => row.id === id);
  go({ page: "inbox", view: isMine ? "mine" : "all", id });
}

/** Does something to the call this person is in, if there is one; its failure is told. */
function toMine(act: (callId: string) => Promise<unknown>): Promise<boolean> {
  const callId = seat.peek()?.call.id;
  return callId ? perform(() => act(callId)) : Promise.resolve(false);
}

export const toggleHold = () => toMine((id) => api.hold(id, !seat.peek()?.leg.is_held));

/** Ends the call for everybody; a supervisor only leaves it. */
export function endOwn(): void {
  const now = seat.peek();
  const leaves = now?.leg.role === "supervisor";
  void toMine(leaves ? (id) => api.supervise(id, "leave") : api.hangUp);
}

export const completeTransfer = () => toMine(api.completeTransfer);
export const cancelTransfer = () => toMine(api.cancelTransfer);
export const pressKey = (digit: string) => toMine((id) => api.pressKey(id, digit));

export const toggleRecording = () =>
  toMine(async (id) => {
    const { recording } = seat.peek()?.call ?? {};
    takeCall(await api.record(id, recording === "off" || recording === "refused"));
  });

/** Has a colleague rung: to take the call over, to be asked first, or to join it. */
export const askColleague = (staffId: string, how: api.TransferKind | "conference") =>
  toMine(async (id) => {
    const changed = how === "conference" ? api.invite(id, staffId) : api.transfer(id, staffId, how);
    takeCall(await changed);
  });
