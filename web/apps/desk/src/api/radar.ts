import { http } from "../app/http.ts";

export type Step =
  | "browse"
  | "cart"
  | "contact"
  | "address"
  | "delivery"
  | "payment"
  | "review"
  | "ordered";
export type SignalKind =
  | "field_errors"
  | "payment_refused"
  | "idle_in_checkout"
  | "back_and_forth"
  | "rage";
export type RadarView = "all" | "cart" | "checkout" | "trouble" | "talking";

export interface PageView {
  readonly kind: string;
  readonly path: string;
  readonly title: string;
  readonly product_id: string | null;
  readonly at: string;
}

export interface FieldErrorView {
  readonly field: string;
  readonly reason: string;
  readonly count: number;
  readonly is_open: boolean;
  readonly at: string;
}

export interface VisitRow {
  readonly id: string;
  readonly shop_id: string;
  readonly visitor_id: string | null;
  readonly conversation_id: string | null;
  readonly page: PageView | null;
  readonly step: Step;
  readonly cart: {
    readonly cart_id: string;
    readonly line_count: number;
    readonly item_count: number;
    readonly total_minor: number;
    readonly currency: string;
  } | null;
  readonly locale: string;
  readonly device: "phone" | "tablet" | "desktop" | "other";
  readonly referrer: string;
  readonly is_returning: boolean;
  readonly is_online: boolean;
  readonly since: string;
  readonly last_active_at: string;
  readonly signals: readonly { kind: SignalKind; score: number; at: string }[];
  readonly score: number;
  readonly open_field_error: FieldErrorView | null;
  readonly invitation: "shown" | "accepted" | "dismissed" | "expired" | null;
  readonly order_number: string | null;
  readonly revision: number;
}

export interface VisitDetail extends VisitRow {
  readonly page_count: number;
  readonly trail: readonly PageView[];
  readonly field_errors: readonly FieldErrorView[];
  readonly payment: string | null;
}

export interface RadarCounts {
  readonly online: number;
  readonly with_cart: number;
  readonly in_checkout: number;
  readonly in_trouble: number;
  readonly talking: number;
}

export interface RadarSnapshot {
  readonly visits: readonly VisitRow[];
  readonly counts: RadarCounts;
}

export interface RadarDelta {
  readonly changed: readonly VisitRow[];
  readonly gone: readonly string[];
  readonly counts: RadarCounts;
}

export const readRadar = (view: RadarView): Promise<RadarSnapshot> =>
  http.get("/api/desk/radar", { view, limit: 200 });
export const readVisit = (id: string): Promise<VisitDetail> => http.get(`/api/desk/visits/${id}`);
export const readVisitOf = (visitorId: string): Promise<VisitDetail> =>
  http.get(`/api/desk/visitors/${visitorId}/visit`);
export const inviteVisit = (id: string, text: string): Promise<void> =>
  http.post(`/api/desk/visits/${id}/invite`, { text });
