import back from "lucide:arrow-left";
import ban from "lucide:ban";
import check from "lucide:circle-check";
import truck from "lucide:truck";
import { useSignal } from "@preact/signals";
import { Banner, Button, Icon } from "@stoa/ui";
import { useEffect, useMemo } from "preact/hooks";
import {
  type Address,
  markPaid,
  type OrderAnswer,
  type OrderDetail,
  readOrder,
} from "../api/orders.ts";
import { useAct } from "../app/act.ts";
import { Awaited } from "../app/failed.tsx";
import { follow } from "../app/live.ts";
import { type Resource, resource } from "../app/resource.ts";
import { formats, maybeText, t } from "../app/texts.ts";
import { CancelDialog, ShipDialog } from "./dialogs.tsx";
import { OrderStates } from "./states.tsx";

function AddressView({ title, address }: { title: string; address: Address }) {
  const { name, company, street, postal_code, city, region, country } = address;
  const town = `${postal_code} ${city}`;
  const lines = [name, company, street, town, region, formats().countryName(country)];
  return (
    <section>
      <h3>{title}</h3>
      <address>
        {lines.filter(Boolean).map((line) => (
          <span key={line}>{line}</span>
        ))}
      </address>
    </section>
  );
}

function Lines({ order }: { order: OrderDetail }) {
  const { totals } = order;
  const money = (minor: number) => formats().money({ minor, currency: order.currency });
  const extras: [string, number][] = [
    [t("cart.shipping"), totals.shipping?.gross_minor ?? 0],
    [t("order.fee"), totals.fee?.gross_minor ?? 0],
  ];
  return (
    <table class="order-lines">
      <caption class="visually-hidden">{t("order.lines")}</caption>
      <thead>
        <tr>
          <th scope="col">{t("order.item")}</th>
          <th scope="col" class="number">
            {t("order.quantity")}
          </th>
          <th scope="col" class="number wide-only">
            {t("order.unitPrice")}
          </th>
          <th scope="col" class="number">
            {t("order.sum")}
          </th>
        </tr>
      </thead>
      <tbody>
        {order.lines.map((line) => (
          <tr key={line.id}>
            <td>
              {line.product_id ? (
                <a href={`/desk/catalogue/${line.product_id}`}>{line.name}</a>
              ) : (
                line.name
              )}
              <span class="quiet block">
                {[line.options, line.sku].filter(Boolean).join(" · ")}
              </span>
            </td>
            <td class="number">{formats().number(line.quantity)}</td>
            <td class="number wide-only">{money(line.unit_price_minor)}</td>
            <td class="number">{money(line.total_minor)}</td>
          </tr>
        ))}
      </tbody>
      <tfoot>
        {totals.discount_minor > 0 && (
          <tr>
            <th scope="row">{t("cart.discount")}</th>
            <td class="number" colSpan={3}>
              −{money(totals.discount_minor)}
            </td>
          </tr>
        )}
        {extras.map(
          ([label, minor]) =>
            minor > 0 && (
              <tr key={label}>
                <th scope="row">{label}</th>
                <td class="number" colSpan={3}>
                  {money(minor)}
                </td>
              </tr>
            ),
        )}
        <tr class="order-total">
          <th scope="row">{t("cart.total")}</th>
          <td class="number" colSpan={3}>
            {money(totals.total_minor)}
          </td>
        </tr>
        {totals.vat.map((part) => (
          <tr key={part.basis_points} class="quiet">
            <th scope="row">
              {t("order.vatPart", { rate: formats().percent(part.basis_points / 10_000) })}
            </th>
            <td class="number" colSpan={3}>
              {money(part.vat_minor)}
            </td>
          </tr>
        ))}
      </tfoot>
    </table>
  );
}

function History({ order }: { order: OrderDetail }) {
  return (
    <ol class="trail">
      {order.entries.map((entry) => (
        <li key={entry.id}>
          <time class="quiet" dateTime={entry.created_at}>
            {formats().dateTime(entry.created_at)}
          </time>
          <span>
            {maybeText(`entry.${entry.kind}`) ?? entry.kind}
            {entry.staff_name && <span class="quiet"> · {entry.staff_name}</span>}
          </span>
        </li>
      ))}
    </ol>
  );
}

function Actions({ order, take }: { order: OrderDetail; take: (answer: OrderAnswer) => void }) {
  const act = useAct();
  const asking = useSignal<"ship" | "cancel" | null>(null);
  const close = () => (asking.value = null);
  const isOpen = order.state === "open";
  return (
    <div class="row wrap">
      {isOpen && order.payment_state === "awaiting" && (
        <Button
          look="primary"
          icon={check}
          busy={act.isBusy}
          onClick={() => act.run(async () => take(await markPaid(order.id, "")))}
        >
          {t("order.markPaid")}
        </Button>
      )}
      {isOpen && order.shipment_state === "waiting" && (
        <Button
          look={order.payment_state === "awaiting" ? "plain" : "primary"}
          icon={truck}
          onClick={() => (asking.value = "ship")}
        >
          {t("order.ship")}
        </Button>
      )}
      {isOpen && order.shipment_state === "waiting" && (
        <Button look="danger" icon={ban} onClick={() => (asking.value = "cancel")}>
          {t("order.cancel")}
        </Button>
      )}
      {asking.value === "ship" && <ShipDialog order={order} take={take} onClose={close} />}
      {asking.value === "cancel" && <CancelDialog order={order} take={take} onClose={close} />}
    </div>
  );
}

function Facts({ order }: { order: OrderDetail }) {
  const { tracking } = order;
  return (
    <dl class="facts">
      <dt>{t("order.placed")}</dt>
      <dd>{formats().dateTime(order.placed_at)}</dd>
      {order.customer_id && (
        <>
          <dt>{t("side.person")}</dt>
          <dd>
            <a href={`/desk/customers/${order.customer_id}`}>{t("side.customer")}</a>
          </dd>
        </>
      )}
      <dt>{t("side.email")}</dt>
      <dd>
        <a href={`mailto:${order.email}`}>{order.email}</a>
      </dd>
      {order.phone && (
        <>
          <dt>{t("order.phone")}</dt>
          <dd>
            <a href={`tel:${order.phone}`}>{order.phone}</a>
          </dd>
        </>
      )}
      <dt>{t("order.delivery")}</dt>
      <dd>{order.shipping_name}</dd>
      <dt>{t("order.payment")}</dt>
      <dd>
        {maybeText(`method.${order.payment_method}`) ?? order.payment_method}
        {order.payment_reference && <span class="block quiet">{order.payment_reference}</span>}
      </dd>
      {tracking && (
        <>
          <dt>{t("order.tracking")}</dt>
          <dd>
            {tracking.url ? (
              <a href={tracking.url} target="_blank" rel="noopener">
                {tracking.carrier} {tracking.number}
              </a>
            ) : (
              `${tracking.carrier} ${tracking.number}`
            )}
          </dd>
        </>
      )}
      {order.note && (
        <>
          <dt>{t("order.note")}</dt>
          <dd>{order.note}</dd>
        </>
      )}
    </dl>
  );
}

function Loaded({ order, source }: { order: OrderDetail; source: Resource<OrderAnswer> }) {
  const take = (answer: OrderAnswer) => source.change(() => answer);
  return (
    <div class="pane-scroll">
      <div class="order stack">
        <OrderStates order={order} />
        {order.expires_at && order.state === "open" && order.payment_state === "awaiting" && (
          <Banner tone="warn">
            {t("order.expires", { at: formats().dateTime(order.expires_at) })}
          </Banner>
        )}
        {order.restricted_until && (
          <Banner tone="neutral">
            {t("order.restricted", { date: formats().date(order.restricted_until) })}
          </Banner>
        )}
        <Actions order={order} take={take} />
        <Lines order={order} />
        <div class="columns">
          <Facts order={order} />
          <AddressView title={t("order.shipTo")} address={order.shipping_address} />
          <AddressView title={t("order.billTo")} address={order.billing_address} />
        </div>
        <h3>{t("order.history")}</h3>
        <History order={order} />
      </div>
    </div>
  );
}

/** One order: how it stands, what can be done, what is in it. */
export function OrderPane({ id }: { id: string }) {
  const source = useMemo(() => resource(() => readOrder(id)), [id]);
  useEffect(() => void source.load(), [source]);
  const { value: answer } = source.state.value;
  const seq = answer?.seq;
  useEffect(() => {
    if (seq === undefined) return;
    // An event carries the row only; what else the order holds is fetched again.
    return follow(`order:${id}`, seq, {
      onEvent: () => void source.load(),
      resync: async () => {
        await source.load();
        return source.state.peek().value?.seq ?? null;
      },
    });
  }, [id, seq, source]);
  const value = answer?.order;
  return (
    <>
      <header class="pane-head">
        <a class="ui-icon-button narrow-only" href="/desk/orders" aria-label={t("action.back")}>
          <Icon of={back} />
        </a>
        <h2 class="grow">
          {value ? t("order.numbered", { number: value.number }) : t("order.title")}
        </h2>
      </header>
      {value ? <Loaded order={value} source={source} /> : <Awaited of={source} lines={8} />}
    </>
  );
}
