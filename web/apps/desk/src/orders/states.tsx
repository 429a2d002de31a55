import { Badge } from "@stoa/ui";
import { t } from "../app/texts.ts";

interface States {
  readonly state: string;
  readonly payment_state: string;
  readonly shipment_state: string;
}

const PAYMENT = {
  awaiting: ["warn", "payment.awaiting"],
  authorised: ["action", "payment.authorised"],
  paid: ["good", "payment.paid"],
  on_delivery: ["neutral", "payment.onDelivery"],
  refunded: ["neutral", "payment.refunded"],
  voided: ["neutral", "payment.voided"],
} as const;
const SHIPMENT = {
  waiting: ["neutral", "shipment.waiting"],
  shipped: ["action", "shipment.shipped"],
  delivered: ["good", "shipment.delivered"],
  returned: ["warn", "shipment.returned"],
} as const;

/** How an order stands, in badges: cancelled, or paid and shipped. */
export function OrderStates({ order }: { order: States }) {
  if (order.state === "cancelled") return <Badge tone="bad">{t("order.cancelled")}</Badge>;
  const payment = PAYMENT[order.payment_state as keyof typeof PAYMENT];
  const shipment = SHIPMENT[order.shipment_state as keyof typeof SHIPMENT];
  return (
    <span class="row">
      <Badge tone={payment[0]}>{t(payment[1])}</Badge>
      <Badge tone={shipment[0]}>{t(shipment[1])}</Badge>
    </span>
  );
}
