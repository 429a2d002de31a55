import type {
  AddInbox,
  BrokenInboxes,
  ChannelsSetUp,
  Checked,
  InboxView,
  OriginalView,
  SaveInbox,
  SignedIn,
  SignedOut,
  SignInAnswer,
  SignInBegun,
  Undone,
  WaysView,
} from "@stoa/protocol";
import { http } from "../app/http.ts";

export type {
  ChannelsSetUp,
  ChannelTypeView as ChannelType,
  DeliveryView as Delivery,
  FindingView as Finding,
  GivenUp,
  InboxView as Inbox,
  MailCard,
  OriginalView as Original,
  SetAside,
  SignedIn,
  Trouble,
  Undone,
  Way,
  WaysView,
} from "@stoa/protocol";

const at = (id: string) => `/api/desk/inboxes/${id}`;

export const readWays = (conversationId: string): Promise<WaysView> =>
  http.get(`/api/desk/conversations/${conversationId}/ways`);
export const readChannels = (): Promise<ChannelsSetUp> => http.get("/api/desk/channels");
export const readBroken = (): Promise<BrokenInboxes> => http.get("/api/desk/channels/broken");
export const addInbox = (body: AddInbox): Promise<InboxView> =>
  http.post("/api/desk/inboxes", body);
export const changeInbox = (id: string, body: SaveInbox): Promise<InboxView> =>
  http.put(at(id), body);
export const dropInbox = (id: string): Promise<void> => http.delete(at(id));
export const switchInbox = (id: string, isOn: boolean): Promise<void> =>
  http.post(`${at(id)}/switch`, { is_on: isOn });
export const checkInbox = (id: string): Promise<Checked> => http.post(`${at(id)}/check`, {});
export const beginSignIn = (id: string): Promise<SignInBegun> => http.post(`${at(id)}/sign-in`, {});
export const forgetSignIn = (id: string): Promise<SignedOut> => http.delete(`${at(id)}/sign-in`);
export const finishSignIn = (answer: SignInAnswer): Promise<SignedIn> =>
  http.post("/api/desk/sign-ins", answer);

export const readUndone = (): Promise<Undone> => http.get("/api/desk/channels/undone");
export const resend = (deliveryId: string): Promise<void> =>
  http.post(`/api/desk/deliveries/${deliveryId}/resend`, {});
export const tryAgain = (inboundId: string): Promise<void> =>
  http.post(`/api/desk/inbound/${inboundId}/again`, {});
export const putAway = (inboundId: string): Promise<void> =>
  http.post(`/api/desk/inbound/${inboundId}/put-away`, {});
export const rawUrl = (inboundId: string): string => `/api/desk/inbound/${inboundId}/raw`;
export const originalPage = (messageId: string, pictures: boolean): string =>
  `/api/desk/messages/${messageId}/original/page?pictures=${pictures}`;
export const readOriginal = (messageId: string, pictures: boolean): Promise<OriginalView> =>
  http.get(`/api/desk/messages/${messageId}/original`, { pictures: pictures ? "true" : "false" });
