import assert from "node:assert/strict";
import { test } from "node:test";
import type { OrderRow } from "../src/api/orders.ts";
import { withOrder } from "../src/orders/store.ts";

function order(id: string, version: number, more: Partial<OrderRow> = {}): OrderRow {
  return {
    id,
    shop_id: "shop",
    number: id,
    visitor_id: null,
    customer_id: null,
    state: "open",
    payment_state: "awaiting",
    shipment_state: "waiting",
    currency: "EUR",
    total_minor: 100,
    name: "",
    email: "",
    country: "PL",
    payment_method: "bank_transfer",
    pieces: 1,
    placed_at: "2026-11-21T10:00:00Z",
    version,
    ...more,
  };
}

const all = { view: "all", isSearch: false } as const;

test("replaces an order by its newer state only", () => {
  const list = [order("1", 2)];
  assert.equal(withOrder(list, order("1", 2, { total_minor: 5 }), all), list);
  assert.equal(withOrder(list, order("1", 3, { total_minor: 5 }), all)[0]?.total_minor, 5);
});

test("takes an order out of a view it no longer fits", () => {
  const paid = order("1", 3, { payment_state: "paid" });
  assert.deepEqual(withOrder([order("1", 2)], paid, { view: "to_pay", isSearch: false }), []);
});

test("puts a new order on top, but not into a search or below the pages fetched", () => {
  const list = [order("1", 1)];
  const later = order("2", 1, { placed_at: "2026-11-21T11:00:00Z" });
  const earlier = order("3", 1, { placed_at: "2026-11-20T11:00:00Z" });
  assert.equal(withOrder(list, later, all)[0]?.id, "2");
  assert.equal(withOrder(list, later, { view: "all", isSearch: true }), list);
  assert.equal(withOrder(list, earlier, all), list);
});
