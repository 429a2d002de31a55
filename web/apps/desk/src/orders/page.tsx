import receipt from "lucide:receipt-text";
import search from "lucide:search";
import { Empty, Icon, Skeleton, TextField, VirtualList } from "@stoa/ui";
import { useEffect, useRef } from "preact/hooks";
import type { OrderRow } from "../api/orders.ts";
import { Failed } from "../app/failed.tsx";
import { Panes } from "../app/panes.tsx";
import { go } from "../app/router.ts";
import { formats, t } from "../app/texts.ts";
import { OrderPane } from "./order.tsx";
import { OrderStates } from "./states.tsx";
import {
  areOrdersLoading,
  leaveOrders,
  loadMoreOrders,
  loadOrders,
  ORDER_VIEWS,
  orders,
  ordersError,
  orderView,
  orderWish,
} from "./store.ts";

const ROW_HEIGHT = 76;
const TYPING_PAUSE_MS = 200;

const LABELS = {
  all: "orders.all",
  to_pay: "orders.toPay",
  to_ship: "orders.toShip",
  done: "orders.done",
  cancelled: "orders.cancelled",
} as const;

function OrderRowView({ order }: { order: OrderRow }) {
  return (
    <div class="order-row">
      <div class="conversation-row-head">
        <span class="conversation-row-name">{order.name || order.email}</span>
        <time class="quiet" dateTime={order.placed_at}>
          {formats().moment(order.placed_at)}
        </time>
      </div>
      <div class="conversation-row-head">
        <span class="quiet">{order.number}</span>
        <strong>{formats().money({ minor: order.total_minor, currency: order.currency })}</strong>
      </div>
      <OrderStates order={order} />
    </div>
  );
}

function OrderList({ selectedId }: { selectedId: string | null }) {
  const isFirst = useRef(true);
  useEffect(() => {
    const timer = setTimeout(loadOrders, isFirst.current ? 0 : TYPING_PAUSE_MS);
    isFirst.current = false;
    return () => clearTimeout(timer);
  }, [orderView.value, orderWish.value]);
  useEffect(() => leaveOrders, []);
  const error = ordersError.value;
  const rows = orders.value;
  return (
    <>
      <header class="pane-head">
        <h1>{t("nav.orders")}</h1>
      </header>
      <div class="pane-search">
        <Icon of={search} size={16} />
        <TextField
          label={t("orders.search")}
          hideLabel
          type="search"
          placeholder={t("orders.search")}
          value={orderWish.value}
          onInput={(event) => (orderWish.value = event.currentTarget.value)}
        />
      </div>
      <div class="tabs" role="group" aria-label={t("view.label")}>
        {ORDER_VIEWS.map((view) => (
          <button
            key={view}
            type="button"
            aria-pressed={view === orderView.value}
            onClick={() => (orderView.value = view)}
          >
            {t(LABELS[view])}
          </button>
        ))}
      </div>
      <div class="pane-fill">
        {rows.length > 0 && (
          <VirtualList
            items={rows}
            label={t("nav.orders")}
            rowHeight={ROW_HEIGHT}
            keyOf={(order) => order.id}
            selectedKey={selectedId}
            onSelect={(order) => go({ page: "orders", id: order.id })}
            onEnd={loadMoreOrders}
          >
            {(order) => <OrderRowView order={order} />}
          </VirtualList>
        )}
        {rows.length === 0 && areOrdersLoading.value && <Skeleton lines={8} />}
        {rows.length === 0 && !areOrdersLoading.value && !error && (
          <Empty icon={receipt} title={t("orders.empty")} />
        )}
        {error && <Failed error={error} retry={loadOrders} />}
      </div>
    </>
  );
}

/** The orders: list and one of them. */
export function OrdersPage({ id }: { id: string | null }) {
  return (
    <Panes
      listLabel={t("nav.orders")}
      list={<OrderList selectedId={id} />}
      hasChosen={id !== null}
      main={id ? <OrderPane key={id} id={id} /> : <Empty icon={receipt} title={t("orders.none")} />}
    />
  );
}
