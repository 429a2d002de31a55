import { http } from "../app/http.ts";

/** A row of the list; the topic `orders` brings it again whenever it changes. */
export interface OrderRow {
  readonly id: string;
  readonly shop_id: string;
  readonly number: string;
  readonly visitor_id: string | null;
  readonly customer_id: string | null;
  readonly state: "open" | "completed" | "cancelled";
  readonly payment_state: string;
  readonly shipment_state: string;
  readonly currency: string;
  readonly total_minor: number;
  readonly name: string;
  readonly email: string;
  readonly country: string;
  readonly payment_method: string;
  readonly pieces: number;
  readonly placed_at: string;
  readonly version: number;
}

export interface Address {
  readonly name: string;
  readonly company: string;
  readonly street: string;
  readonly postal_code: string;
  readonly city: string;
  readonly region: string;
  readonly country: string;
}

export interface Tracking {
  readonly carrier: string;
  readonly number: string;
  readonly url: string;
}

export interface OrderItem {
  readonly id: string;
  readonly product_id: string | null;
  readonly sku: string;
  readonly name: string;
  readonly options: string;
  readonly quantity: number;
  readonly unit_price_minor: number;
  readonly discount_minor: number;
  readonly total_minor: number;
}

export interface OrderEntry {
  readonly id: string;
  readonly kind: string;
  readonly staff_name: string;
  readonly data: Readonly<Record<string, unknown>>;
  readonly created_at: string;
}

export interface Totals {
  readonly currency: string;
  readonly goods_minor: number;
  readonly discount_minor: number;
  readonly shipping: { readonly gross_minor: number } | null;
  readonly fee: { readonly gross_minor: number } | null;
  readonly total_minor: number;
  readonly vat: readonly { basis_points: number; net_minor: number; vat_minor: number }[];
}

export interface OrderDetail {
  readonly id: string;
  readonly shop_id: string;
  readonly number: string;
  readonly state: OrderRow["state"];
  readonly payment_state: string;
  readonly shipment_state: string;
  readonly currency: string;
  readonly locale: string;
  readonly email: string;
  readonly phone: string;
  readonly shipping_address: Address;
  readonly billing_address: Address;
  readonly note: string;
  readonly shipping_name: string;
  readonly payment_method: string;
  readonly payment_reference: string;
  readonly totals: Totals;
  readonly expires_at: string | null;
  readonly tracking: Tracking | null;
  readonly placed_at: string;
  readonly version: number;
  readonly lines: readonly OrderItem[];
  readonly entries: readonly OrderEntry[];
}

/** `seq` is where the topic `order:<id>` stood. */
export interface OrderAnswer {
  readonly seq: number;
  readonly order: OrderDetail;
}

export interface OrderPage {
  readonly seq: number;
  readonly items: readonly OrderRow[];
  readonly next: string | null;
}

export interface OrderQuery {
  readonly state?: string;
  readonly payment_state?: string;
  readonly shipment_state?: string;
  readonly search?: string;
  readonly cursor?: string | null;
}

const at = (id: string) => `/api/desk/orders/${id}`;

export const listOrders = (query: OrderQuery): Promise<OrderPage> =>
  http.get("/api/desk/orders", { ...query });
export const readOrder = (id: string): Promise<OrderAnswer> => http.get(at(id));
export const markPaid = (id: string, note: string): Promise<OrderAnswer> =>
  http.post(`${at(id)}/paid`, { note });
export const ship = (id: string, tracking: Tracking): Promise<OrderAnswer> =>
  http.post(`${at(id)}/ship`, tracking);
export const cancel = (
  id: string,
  body: { reason: string; restock: boolean },
): Promise<OrderAnswer> => http.post(`${at(id)}/cancel`, body);
