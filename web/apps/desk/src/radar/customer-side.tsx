import back from "lucide:arrow-left";
import cartIcon from "lucide:shopping-cart";
import { useSignalEffect } from "@preact/signals";
import { Badge, Button, Icon, Skeleton } from "@stoa/ui";
import { useEffect, useMemo, useRef } from "preact/hooks";
import {
  type Cart,
  type ConversationRow,
  type OrderLine,
  readSide,
  sendOrderCard,
} from "../api/conversations.ts";
import { useAct } from "../app/act.ts";
import { Failed } from "../app/failed.tsx";
import { wordsFor } from "../app/form.ts";
import { follow } from "../app/live.ts";
import { isSideOpen } from "../app/panes.tsx";
import { resource } from "../app/resource.ts";
import { formats, t } from "../app/texts.ts";
import { CustomersPage } from "../cobrowse/index.tsx";
import { Thumb } from "../conversations/cards.tsx";
import { isStaged } from "../conversations/stage.tsx";
import { newClientId } from "../conversations/thread-store.ts";
import { KnowForm } from "../customers/know.tsx";
import { OrderStates } from "../orders/states.tsx";
import { StepBar, Troubles, VisitFacts } from "./visit-facts.tsx";
import { openVisitOf } from "./visit-store.ts";

function CartView({ cart }: { cart: Cart }) {
  const money = (minor: number) => formats().money({ minor, currency: cart.currency });
  return (
    <div class="cart">
      <ul>
        {cart.lines.map((line) => (
          <li key={line.line_id} class="cart-line">
            <Thumb url={line.picture_url} size={40} />
            <div class="grow">
              <a href={line.url} target="_blank" rel="noopener" class="card-title">
                {line.name}
              </a>
              <p class="quiet">
                {line.quantity} × {money(line.unit_price_minor)}
                {line.options && `, ${line.options}`}
              </p>
            </div>
            <span>{money(line.total_minor)}</span>
          </li>
        ))}
      </ul>
      <dl class="totals">
        {cart.discount_minor > 0 && (
          <div>
            <dt>{t("cart.discount")}</dt>
            <dd>−{money(cart.discount_minor)}</dd>
          </div>
        )}
        {cart.shipping_minor !== null && (
          <div>
            <dt>{t("cart.shipping")}</dt>
            <dd>{money(cart.shipping_minor)}</dd>
          </div>
        )}
        <div class="totals-sum">
          <dt>{t("cart.total")}</dt>
          <dd>{money(cart.total_minor)}</dd>
        </div>
      </dl>
    </div>
  );
}

function OrderRow({ order, conversation }: { order: OrderLine; conversation: ConversationRow }) {
  const act = useAct();
  const clientId = useMemo(newClientId, []);
  return (
    <li class="side-order">
      <div class="row spread">
        <a href={`/desk/orders/${order.id}`} class="card-title">
          {order.number}
        </a>
        <span>{formats().money({ minor: order.total_minor, currency: order.currency })}</span>
      </div>
      <div class="row spread">
        <OrderStates order={order} />
        {conversation.state === "open" && (
          <Button
            small
            look="quiet"
            busy={act.isBusy}
            onClick={() =>
              act.run(() =>
                sendOrderCard(conversation.id, { client_id: clientId, order_id: order.id }),
              )
            }
          >
            {t("side.showOrder")}
          </Button>
        )}
      </div>
      <time class="quiet" dateTime={order.placed_at}>
        {formats().date(order.placed_at)}
      </time>
    </li>
  );
}

function LiveVisitSection({
  visitorId,
  onCartChange,
}: {
  visitorId: string;
  onCartChange: () => void;
}) {
  const live = useMemo(() => openVisitOf(visitorId), [visitorId]);
  const seen = useRef<string | null>(null);
  useEffect(() => {
    void live.load();
    // Who was away may come back; a new visit has another topic.
    const timer = setInterval(() => live.isAway.peek() && void live.load(), 15_000);
    return () => {
      clearInterval(timer);
      live.close();
    };
  }, [live]);
  useSignalEffect(() => {
    const cart = live.visit.value?.cart;
    const state = cart ? `${cart.cart_id} ${cart.item_count} ${cart.total_minor}` : "none";
    if (seen.current !== null && seen.current !== state) onCartChange();
    seen.current = state;
  });
  const visit = live.visit.value;
  if (live.error.value) return <p class="quiet">{wordsFor(live.error.value)}</p>;
  if (!visit && live.isAway.value) return <p class="quiet">{t("side.away")}</p>;
  if (!visit) return <Skeleton lines={3} />;
  return (
    <div class="stack">
      {live.isAway.value && <p class="quiet">{t("side.away")}</p>}
      <StepBar step={visit.step} />
      <Troubles visit={visit} />
      <VisitFacts visit={visit} />
    </div>
  );
}

/** The customer's side of the counter: where they are, what they have, what they bought. */
export function CustomerSide({ row }: { row: ConversationRow }) {
  const side = useMemo(() => resource(() => readSide(row.id)), [row.id]);
  useEffect(() => void side.load(), [side, row.message_count]);
  const { value, error } = side.state.value;
  const cartId = value?.cart?.id;
  useEffect(() => {
    if (!cartId) return;
    const again = () => void side.load();
    return follow(`cart:${cartId}`, null, { onEvent: again, joined: again });
  }, [cartId, side]);
  return (
    <>
      <header class="pane-head">
        <button
          type="button"
          class="ui-icon-button side-close"
          aria-label={t("action.back")}
          onClick={() => (isSideOpen.value = false)}
        >
          <Icon of={back} />
        </button>
        <h2>{t("side.title")}</h2>
      </header>
      <div class="pane-scroll side">
        {row.visitor_id && !isStaged(row) && (
          <div class="side-page">
            <CustomersPage conversationId={row.id} />
          </div>
        )}
        <section>
          <h3>{t("side.now")}</h3>
          {row.visitor_id ? (
            <LiveVisitSection visitorId={row.visitor_id} onCartChange={side.load} />
          ) : (
            <p class="quiet">{t("side.elsewhere")}</p>
          )}
        </section>
        {error && !value && <Failed error={error} retry={side.load} small />}
        {!value && !error && <Skeleton lines={6} />}
        {value && (
          <>
            <section>
              <h3>{t("side.cart")}</h3>
              {value.cart && value.cart.lines.length > 0 ? (
                <CartView cart={value.cart} />
              ) : (
                <p class="quiet row">
                  <Icon of={cartIcon} size={16} /> {t("side.cartEmpty")}
                </p>
              )}
            </section>
            <section>
              <h3>{t("side.person")}</h3>
              <dl class="facts">
                <dt>{t("side.name")}</dt>
                <dd>{value.name || t("side.unknown")}</dd>
                <dt>{t("side.email")}</dt>
                <dd>
                  {value.email ? (
                    <>
                      <a href={`mailto:${value.email}`}>{value.email}</a>{" "}
                      {value.customer_id && (
                        <Badge tone={value.is_email_proven ? "good" : "neutral"}>
                          {t(value.is_email_proven ? "side.proven" : "side.claimed")}
                        </Badge>
                      )}
                    </>
                  ) : (
                    t("side.unknown")
                  )}
                </dd>
                {value.first_seen_at && (
                  <>
                    <dt>{t("side.firstSeen")}</dt>
                    <dd>{formats().date(value.first_seen_at)}</dd>
                  </>
                )}
              </dl>
              {value.notes.map((note) => (
                <p key={note.id} class="customer-note">
                  {note.body} <span class="quiet">{note.staff_name}</span>
                </p>
              ))}
              {value.customer_id && (
                <a href={`/desk/customers/${value.customer_id}`}>{t("side.customer")}</a>
              )}
              {!value.customer_id && row.visitor_id && <KnowForm row={row} />}
            </section>
            {value.orders.length > 0 && (
              <section>
                <h3>{t("side.orders")}</h3>
                <ul class="stack">
                  {value.orders.map((order) => (
                    <OrderRow key={order.id} order={order} conversation={row} />
                  ))}
                </ul>
              </section>
            )}
            {value.earlier.length > 0 && (
              <section>
                <h3>{t("side.earlier")}</h3>
                <ul class="side-earlier">
                  {value.earlier.map((other) => (
                    <li key={other.id}>
                      <a
                        href={`/desk/inbox/${other.state === "open" ? "all" : "closed"}/${other.id}`}
                      >
                        {other.last_message_preview || formats().date(other.created_at)}
                      </a>{" "}
                      <time class="quiet" dateTime={other.last_message_at}>
                        {formats().moment(other.last_message_at)}
                      </time>
                    </li>
                  ))}
                </ul>
              </section>
            )}
          </>
        )}
      </div>
    </>
  );
}
