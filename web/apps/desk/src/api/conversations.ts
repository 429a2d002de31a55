import { http } from "../app/http.ts";
import type { View } from "../app/router.ts";

export type SenderKind = "customer" | "agent" | "system";
export type MessageKind = "text" | "note" | "system" | "product" | "order" | "proposal";

export interface StaffPresence {
  readonly staff_id: string;
  readonly name: string;
  readonly status: "available" | "away" | "offline";
}

/** One line of the list; the topic `desk` brings it again whenever it changes. */
export interface ConversationRow {
  readonly id: string;
  readonly shop_id: string;
  readonly visitor_id: string | null;
  readonly customer_id: string | null;
  readonly channel: string;
  readonly state: "open" | "closed";
  readonly is_offline: boolean;
  readonly contact_name: string;
  readonly contact_email: string | null;
  readonly locale: string;
  readonly assignee_id: string | null;
  readonly assignee_name: string | null;
  readonly message_count: number;
  readonly unread_count: number;
  readonly last_message_at: string;
  readonly last_message_preview: string;
  readonly last_sender_kind: SenderKind;
  readonly waiting_since: string | null;
  readonly agent_read_seq: number;
  readonly customer_read_seq: number;
  readonly page_url: string;
  readonly created_at: string;
  readonly closed_at: string | null;
  readonly version: number;
}

export interface Attachment {
  readonly id: string;
  readonly file_name: string;
  readonly media_type: string;
  readonly size_bytes: number;
  readonly width: number | null;
  readonly height: number | null;
  readonly has_preview: boolean;
}

export interface ProductCard {
  readonly type: "product";
  readonly product_id: string;
  readonly variant_id: string | null;
  readonly name: string;
  readonly options: string;
  readonly price_minor: number;
  readonly compare_price_minor: number | null;
  readonly currency: string;
  readonly picture_url: string | null;
  readonly url: string;
  readonly is_available: boolean;
}

export interface OrderCard {
  readonly type: "order";
  readonly order_id: string;
  readonly number: string;
  readonly state: string;
  readonly payment_state: string;
  readonly shipment_state: string;
  readonly total_minor: number;
  readonly currency: string;
  readonly url: string;
  readonly placed_at: string;
}

export type ProposalState = "open" | "accepted" | "refused" | "withdrawn" | "failed";

export interface ProposalCard {
  readonly type: "proposal";
  readonly proposal_id: string;
  readonly kind: "product" | "discount" | "delivery";
  readonly state: ProposalState;
  readonly title: string;
  readonly product: ProductCard | null;
  readonly quantity: number | null;
  readonly percent: number | null;
  readonly amount_minor: number | null;
  readonly currency: string | null;
  readonly reason: string;
  readonly problem: string | null;
}

export interface SystemFact {
  readonly type: "system";
  readonly fact:
    | "assigned"
    | "released"
    | "handed_over"
    | "closed"
    | "reopened"
    | "transcript_sent";
  readonly staff_name: string | null;
  readonly by_name: string | null;
}

/** A message as its event carries it; the event's seq is the message's. */
export interface MessageBody {
  readonly id: string;
  readonly conversation_id: string;
  readonly client_id: string;
  readonly kind: MessageKind;
  readonly sender_kind: SenderKind;
  readonly staff_id: string | null;
  readonly staff_name: string | null;
  readonly body: string;
  readonly card: ProductCard | OrderCard | ProposalCard | SystemFact | null;
  readonly attachments: readonly Attachment[];
  readonly created_at: string;
}

export interface Message extends MessageBody {
  readonly seq: number;
}

export interface Timeline {
  readonly messages: readonly Message[];
  readonly before: string | null;
}

export interface ConversationSnapshot {
  readonly conversation: ConversationRow;
  readonly timeline: Timeline;
  readonly seq: number;
  readonly notes_seq: number;
}

export interface ConversationPage {
  readonly items: readonly ConversationRow[];
  readonly next: string | null;
  readonly counts: { mine: number; unassigned: number; all: number; waiting: number };
  readonly seq: number;
}

export interface SavedReply {
  readonly id: string;
  readonly shortcut: string;
  readonly title: string;
  readonly bodies: Readonly<Record<string, string>>;
  readonly updated_at: string;
}

export interface CartLine {
  readonly line_id: string;
  readonly product_id: string;
  readonly variant_id: string;
  readonly name: string;
  readonly options: string;
  readonly quantity: number;
  readonly unit_price_minor: number;
  readonly total_minor: number;
  readonly picture_url: string | null;
  readonly url: string;
}

export interface Cart {
  readonly id: string;
  readonly version: number;
  readonly currency: string;
  readonly lines: readonly CartLine[];
  readonly discount_minor: number;
  readonly shipping_minor: number | null;
  readonly total_minor: number;
}

export interface OrderLine {
  readonly id: string;
  readonly number: string;
  readonly state: string;
  readonly payment_state: string;
  readonly shipment_state: string;
  readonly total_minor: number;
  readonly currency: string;
  readonly placed_at: string;
}

export interface SidePanel {
  readonly visitor_id: string | null;
  readonly customer_id: string | null;
  readonly name: string;
  readonly email: string | null;
  readonly locale: string;
  readonly first_seen_at: string | null;
  readonly cart: Cart | null;
  readonly orders: readonly OrderLine[];
  readonly earlier: readonly ConversationRow[];
}

export interface ProductHit {
  readonly card: ProductCard;
  readonly variants: readonly ProductCard[];
}

export type Suggestion =
  | { kind: "product"; variant_id: string; quantity: number; reason: string }
  | { kind: "percent"; percent: number; reason: string }
  | { kind: "amount"; amount_minor: number; reason: string }
  | { kind: "delivery"; shipping_method_id: string; reason: string };

const at = (id: string) => `/api/desk/conversations/${id}`;

export const listConversations = (query: {
  view: View;
  q?: string;
  cursor?: string | null;
  limit?: number;
}): Promise<ConversationPage> => http.get("/api/desk/conversations", query);
export const readConversation = (id: string): Promise<ConversationSnapshot> => http.get(at(id));
export const readOlder = (id: string, before: string): Promise<Timeline> =>
  http.get(`${at(id)}/messages`, { before });
export const readSide = (id: string): Promise<SidePanel> => http.get(`${at(id)}/side`);
export const transcriptUrl = (id: string): string => `${at(id)}/transcript`;
export const sendProductCard = (
  id: string,
  card: { client_id: string; product_id: string; variant_id: string | null },
): Promise<void> => http.post(`${at(id)}/cards/product`, card);
export const sendOrderCard = (
  id: string,
  card: { client_id: string; order_id: string },
): Promise<void> => http.post(`${at(id)}/cards/order`, card);
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

export const uploadAttachment = (file: File): Promise<Attachment> =>
  http.upload("/api/attachments", file);
export const attachmentUrl = (id: string): string => `/api/attachments/${id}`;

export const createSavedReply = (
  shopId: string,
  body: Omit<SavedReply, "id" | "updated_at">,
): Promise<SavedReply> => http.post(`/api/desk/saved-replies?shop_id=${shopId}`, body);
export const changeSavedReply = (
  id: string,
  body: Omit<SavedReply, "id" | "updated_at">,
): Promise<SavedReply> => http.put(`/api/desk/saved-replies/${id}`, body);
export const deleteSavedReply = (id: string): Promise<void> =>
  http.delete(`/api/desk/saved-replies/${id}`);

export interface ShippingMethod {
  readonly id: string;
  readonly name: string;
  readonly price_minor: number;
  readonly currency: string;
}

export const listShippingMethods = (
  shopId: string,
): Promise<{ items: readonly ShippingMethod[] }> =>
  http.get("/api/desk/shipping-methods", { shop_id: shopId });
