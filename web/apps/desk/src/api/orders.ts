import type { Cancel, OrderAnswer, OrderFilter, OrderPage, Ship } from "@stoa/protocol";
import { http } from "../app/http.ts";

export type {
  Address,
  OrderAnswer,
  OrderDetail,
  OrderView as OrderRow,
  PaymentState,
  ShipmentState,
} from "@stoa/protocol";

/** What the list is narrowed to; what is left out is not asked for. */
export type OrderQuery = Partial<OrderFilter>;

const at = (id: string) => `/api/desk/orders/${id}`;

export const listOrders = (query: OrderQuery): Promise<OrderPage> =>
  http.get("/api/desk/orders", { ...query });
export const readOrder = (id: string): Promise<OrderAnswer> => http.get(at(id));
export const markPaid = (id: string, note: string): Promise<OrderAnswer> =>
  http.post(`${at(id)}/paid`, { note });
export const ship = (id: string, tracking: Ship): Promise<OrderAnswer> =>
  http.post(`${at(id)}/ship`, tracking);
export const cancel = (id: string, body: Cancel): Promise<OrderAnswer> =>
  http.post(`${at(id)}/cancel`, body);
