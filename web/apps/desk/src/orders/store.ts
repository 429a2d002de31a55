import { signal } from "@preact/signals";
import { listOrders, type OrderQuery, type OrderRow } from "../api/orders.ts";
import { follow } from "../app/live.ts";

export const ORDER_VIEWS = ["all", "to_pay", "to_ship", "done", "cancelled"] as const;
export type OrderView = (typeof ORDER_VIEWS)[number];

const QUERIES: Record<OrderView, OrderQuery> = {
  all: {},
  to_pay: { state: "open", payment_state: "awaiting" },
  to_ship: { state: "open", shipment_state: "waiting" },
  done: { state: "completed" },
  cancelled: { state: "cancelled" },
};

export const orderView = signal<OrderView>("all");
export const orderWish = signal("");
export const orders = signal<readonly OrderRow[]>([]);
export const ordersError = signal<Error | null>(null);
export const areOrdersLoading = signal(false);
let next: string | null = null;
let round = 0;
let unfollow = () => {};

/** Whether an order belongs into a view, as the server's filter of that view says. */
export function fits(order: OrderRow, view: OrderView): boolean {
  const { state, payment_state, shipment_state } = QUERIES[view];
  return (
    (state === undefined || order.state === state) &&
    (payment_state === undefined || order.payment_state === payment_state) &&
    (shipment_state === undefined || order.shipment_state === shipment_state)
  );
}

/** Returns the list with an order as it is now: replaced, put on top when it is new and nothing is
 * searched for, or left out when it no longer fits. */
export function withOrder(
  list: readonly OrderRow[],
  order: OrderRow,
  { view, isSearch }: { view: OrderView; isSearch: boolean },
): readonly OrderRow[] {
  const known = list.find(({ id }) => id === order.id);
  if (known && known.version >= order.version) return list;
  if (!fits(order, view)) return list.filter(({ id }) => id !== order.id);
  if (known) return list.map((row) => (row.id === order.id ? order : row));
  const isNewest = !list[0] || Date.parse(order.placed_at) >= Date.parse(list[0].placed_at);
  return isNewest && !isSearch ? [order, ...list] : list;
}

function query(cursor: string | null): OrderQuery {
  return { ...QUERIES[orderView.peek()], search: orderWish.peek().trim(), cursor };
}

function hear(seq: number) {
  unfollow();
  unfollow = follow("orders", seq, {
    onEvent: ({ data }) => {
      if (!("order" in data)) return;
      const how = { view: orderView.peek(), isSearch: orderWish.peek().trim() !== "" };
      orders.value = withOrder(orders.peek(), data.order, how);
    },
    resync: async () => {
      const page = await listOrders(query(null));
      orders.value = page.items;
      next = page.next;
      return page.seq;
    },
  });
}

async function fetchPage(cursor: string | null): Promise<void> {
  const mine = ++round;
  areOrdersLoading.value = true;
  ordersError.value = null;
  try {
    const page = await listOrders(query(cursor));
    if (mine !== round) return;
    orders.value = cursor === null ? page.items : [...orders.peek(), ...page.items];
    next = page.next;
    if (cursor === null) hear(page.seq);
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    if (mine === round) ordersError.value = error;
  } finally {
    if (mine === round) areOrdersLoading.value = false;
  }
}

/** Fetches the list anew for the view and the words asked for, and hears its changes. */
export const loadOrders = (): Promise<void> => fetchPage(null);

/** Fetches the next page, if there is one and none is under way. */
export function loadMoreOrders(): void {
  if (next && !areOrdersLoading.peek() && !ordersError.peek()) void fetchPage(next);
}

/** Ends hearing; what is shown stays. */
export function leaveOrders(): void {
  unfollow();
  unfollow = () => {};
}
