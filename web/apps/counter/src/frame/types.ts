/* Placeholder until the generated protocol is there. */
export interface AttachmentView {
  id: string;
  file_name: string;
  media_type: string;
  size_bytes: number;
  width?: number | null;
  height?: number | null;
  has_preview?: boolean;
}
export interface ProductCard {
  type: "product";
  product_id: string;
  variant_id?: string | null;
  name: string;
  options?: string;
  price_minor: number;
  compare_price_minor?: number | null;
  currency: string;
  picture_url?: string | null;
  url: string;
  is_available: boolean;
}
export interface OrderCard {
  type: "order";
  order_id: string;
  number: string;
  state: string;
  payment_state: string;
  shipment_state: string;
  total_minor: number;
  currency: string;
  url: string;
  placed_at: string;
}
export interface ProposalCard {
  type: "proposal";
  proposal_id: string;
  kind: "product" | "discount" | "delivery";
  state: "open" | "accepted" | "refused" | "withdrawn" | "failed";
  title: string;
  product?: ProductCard | null;
  quantity?: number | null;
  percent?: number | null;
  amount_minor?: number | null;
  currency?: string | null;
  reason?: string;
  problem?: string | null;
}
export interface SystemFact {
  type: "system";
  fact: string;
  staff_name?: string | null;
  by_name?: string | null;
}
export type Card = ProductCard | OrderCard | ProposalCard | SystemFact;
export interface MessageBody {
  id: string;
  conversation_id: string;
  client_id: string;
  kind: string;
  sender_kind: "customer" | "agent" | "system";
  staff_id?: string | null;
  staff_name?: string | null;
  body?: string;
  card?: Card | null;
  attachments?: AttachmentView[];
  created_at: string;
}
export interface MessageView extends MessageBody {
  seq: number;
}
export interface ConversationView {
  id: string;
  shop_id: string;
  channel: string;
  state: "open" | "closed";
  is_offline: boolean;
  locale: string;
  contact_name: string;
  contact_email: string | null;
  agent: { id: string; name: string } | null;
  agent_read_seq: number;
  customer_read_seq: number;
  created_at: string;
  closed_at: string | null;
  version: number;
}
export interface CustomerConversation {
  conversation: ConversationView;
  timeline: { messages: MessageView[]; before: string | null };
  seq: number;
  attachment_key: string;
}
export interface Sent {
  id: string;
  conversation_id: string;
  seq: number;
}
export interface Started {
  conversation: CustomerConversation;
  message: Sent;
}
export interface Resumed {
  conversation: CustomerConversation | null;
}
export interface ChannelView {
  code: string;
  icon: string;
  is_available: boolean;
  reason: "open" | "nobody_there" | "closed" | "all_busy";
  wait: { low_seconds: number; high_seconds: number; sample: number } | null;
  agents_available: number;
  opens_at?: string | null;
}
export interface ChannelsView {
  shop_id: string;
  channels: ChannelView[];
}
export interface TypingSignal {
  conversation_id: string;
  sender_kind: string;
  staff_name?: string | null;
  is_typing: boolean;
}
