import type {
  AttachmentView,
  ConversationList,
  DeskConversation,
  LongestWaiting,
  MessageBody,
  ProductHit,
  ProposeAmount,
  ProposeDelivery,
  ProposePercent,
  ProposeProduct,
  SavedReplyInput,
  SavedReplyView,
  SendOrderCard,
  SendProductCard,
  ShippingMethodView,
  SidePanel,
  Timeline,
} from "@stoa/protocol";
import { http } from "../app/http.ts";
import type { View } from "../app/router.ts";

export type {
  AttachmentView as Attachment,
  ConversationRow,
  MessageBody,
  MessageView as Message,
  OrderCard,
  OrderLine,
  ProductCard,
  ProductHit,
  ProposalCard,
  RatingCard,
  SavedReplyView as SavedReply,
  StaffPresence,
  SystemFact,
} from "@stoa/protocol";

export type Cart = NonNullable<SidePanel["cart"]>;
export type SenderKind = MessageBody["sender_kind"];
export type Suggestion = ProposeProduct | ProposePercent | ProposeAmount | ProposeDelivery;
const at = (id: string) => `/api/desk/conversations/${id}`;

export const listConversations = ({
  view,
  ...query
}: {
  view: View;
  cursor?: string | null;
  limit?: number;
}): Promise<ConversationList> =>
  http.get("/api/desk/conversations", {
    ...query,
    ...(view.startsWith("v-") ? { saved_view: view.slice(2) } : { view }),
  });
export const readLongestWaiting = (): Promise<LongestWaiting> =>
  http.get("/api/desk/longest-waiting");
export const readConversation = (id: string): Promise<DeskConversation> => http.get(at(id));
export const readOlder = (id: string, before: string): Promise<Timeline> =>
  http.get(`${at(id)}/messages`, { before });
export const readSide = (id: string): Promise<SidePanel> => http.get(`${at(id)}/side`);
export const transcriptUrl = (id: string): string => `${at(id)}/transcript`;
export const sendProductCard = (id: string, card: SendProductCard): Promise<void> =>
  http.post(`${at(id)}/cards/product`, card);
export const sendOrderCard = (id: string, card: SendOrderCard): Promise<void> =>
  http.post(`${at(id)}/cards/order`, card);
export const propose = (
  id: string,
  body: { client_id: string; suggestion: Suggestion },
): Promise<unknown> => http.post(`${at(id)}/proposals`, body);
export const searchProducts = (query: {
  q: string;
  shop_id: string;
  locale: string;
  limit: number;
}): Promise<{ items: readonly ProductHit[] }> => http.get("/api/desk/product-search", query);

export const uploadAttachment = (file: File): Promise<AttachmentView> =>
  http.upload("/api/attachments", file);
export const attachmentUrl = (id: string): string => `/api/attachments/${id}`;

export const createSavedReply = (shopId: string, body: SavedReplyInput): Promise<SavedReplyView> =>
  http.post(`/api/desk/saved-replies?shop_id=${shopId}`, body);
export const changeSavedReply = (id: string, body: SavedReplyInput): Promise<SavedReplyView> =>
  http.put(`/api/desk/saved-replies/${id}`, body);
export const deleteSavedReply = (id: string): Promise<void> =>
  http.delete(`/api/desk/saved-replies/${id}`);

export const listShippingMethods = (
  shopId: string,
): Promise<{ items: readonly ShippingMethodView[] }> =>
  http.get("/api/desk/shipping-methods", { shop_id: shopId });
