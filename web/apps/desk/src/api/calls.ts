import type {
  CallJoined,
  CallRow,
  CallSettings,
  DeskCalls,
  RecordingAudit,
  ShopCalls,
  SuperviseCall,
  Supervisions,
  TransferCall,
} from "@stoa/protocol";
import { http } from "../app/http.ts";
import { command } from "../app/live.ts";

export type {
  CallCard,
  CallFact,
  CallRow,
  CallSettings,
  CallState,
  LegView as Leg,
  ListeningView as Listening,
  OfferView as Offer,
  RecordingView as Recording,
  Supervision,
} from "@stoa/protocol";

export type SuperviseMode = SuperviseCall["mode"];
export type TransferKind = TransferCall["kind"];
export type Quality = "good" | "fair" | "poor";

export const readCalls = (): Promise<DeskCalls> => http.get("/api/desk/calls");

/** One call, also one that is over, with all its facts. */
export const readCall = (id: string): Promise<CallRow> => http.get(`/api/desk/calls/${id}`);
export const readSupervisions = (): Promise<Supervisions> => http.get("/api/desk/supervisions");

export const accept = (callId: string, offerId: string): Promise<CallJoined> =>
  command("call.accept", { call_id: callId, offer_id: offerId });
export const decline = (callId: string, offerId: string): Promise<unknown> =>
  command("call.decline", { call_id: callId, offer_id: offerId });
export const connect = async (callId: string, legId: string, sdp: string): Promise<string> =>
  (await command("call.connect", { call_id: callId, leg_id: legId, sdp })).sdp;
export const hold = (callId: string, isHeld: boolean): Promise<unknown> =>
  command("call.hold", { call_id: callId, is_held: isHeld });
export const mute = (callId: string, isMuted: boolean): Promise<unknown> =>
  command("call.mute", { call_id: callId, is_muted: isMuted });
export const pressKey = (callId: string, digit: string): Promise<unknown> =>
  command("call.digit", { call_id: callId, digit });
export const hangUp = (callId: string): Promise<unknown> =>
  command("call.hang_up", { call_id: callId });
export const transfer = (callId: string, staffId: string, kind: TransferKind): Promise<CallRow> =>
  command("call.transfer", { call_id: callId, staff_id: staffId, kind });
export const completeTransfer = (callId: string): Promise<unknown> =>
  command("call.complete_transfer", { call_id: callId });
export const cancelTransfer = (callId: string): Promise<unknown> =>
  command("call.cancel_transfer", { call_id: callId });
export const invite = (callId: string, staffId: string): Promise<CallRow> =>
  command("call.invite", { call_id: callId, staff_id: staffId });
export const record = (callId: string, isOn: boolean): Promise<CallRow> =>
  command("call.record", { call_id: callId, is_on: isOn });
export const ringCustomer = (body: {
  conversation_id: string;
  client_id: string;
  callback_of: string | null;
}): Promise<CallRow> => command("call.ring", body);
export const closeCallback = (callId: string): Promise<unknown> =>
  command("call.close_callback", { call_id: callId });
export const supervise = (callId: string, mode: SuperviseMode): Promise<CallJoined> =>
  command("call.supervise", { call_id: callId, mode });

const settings = (shopId: string) => `/api/desk/shops/${shopId}/calls`;
export const readCallSettings = async (shopId: string): Promise<CallSettings> => {
  const { calls }: ShopCalls = await http.get(settings(shopId));
  return calls;
};
export const changeCallSettings = async (
  shopId: string,
  calls: CallSettings,
): Promise<CallSettings> => {
  const answer: ShopCalls = await http.put(settings(shopId), { calls });
  return answer.calls;
};

const recording = (id: string) => `/api/desk/recordings/${id}`;
export const soundUrl = (id: string): string => `${recording(id)}/sound`;
export const readListenings = (id: string): Promise<RecordingAudit> =>
  http.get(`${recording(id)}/audit`);
export const deleteRecording = (id: string): Promise<unknown> => http.delete(recording(id));
