import type { FieldErrorView, SignalKind, Step, VisitRow } from "../api/radar.ts";
import { maybeText, t } from "../app/texts.ts";

export const STEPS: readonly Step[] = [
  "browse",
  "cart",
  "contact",
  "address",
  "delivery",
  "payment",
  "review",
  "ordered",
];

const STEP_KEYS = {
  browse: "step.browse",
  cart: "step.cart",
  contact: "step.contact",
  address: "step.address",
  delivery: "step.delivery",
  payment: "step.payment",
  review: "step.review",
  ordered: "step.ordered",
} as const;
const SIGNAL_KEYS = {
  field_errors: "signal.fieldErrors",
  payment_refused: "signal.paymentRefused",
  idle_in_checkout: "signal.idle",
  back_and_forth: "signal.backAndForth",
  rage: "signal.rage",
} as const;
const DEVICE_KEYS = {
  phone: "device.phone",
  tablet: "device.tablet",
  desktop: "device.desktop",
  other: "device.other",
} as const;

export const stepName = (step: Step) => t(STEP_KEYS[step]);
export const signalName = (kind: SignalKind) => t(SIGNAL_KEYS[kind]);
export const deviceName = (device: VisitRow["device"]) => t(DEVICE_KEYS[device]);

const BILLING = "billing_";

function fieldName(field: string): string {
  if (field.startsWith(BILLING)) {
    return t("field.billing", { field: fieldName(field.slice(BILLING.length)) });
  }
  return maybeText(`field.${field}`) ?? field.replaceAll("_", " ");
}

/** Returns "Postcode: does not fit the country", with the bare codes where there are no words. */
export function fieldErrorWords({ field, reason }: FieldErrorView): string {
  const code = reason.replace(/^field\./, "");
  const why = maybeText(`reason.${code}`) ?? code.replaceAll(/[._]/g, " ");
  return t("visit.fieldError", { field: fieldName(field), reason: why });
}

/** Returns what a person in the shop goes by, who has no name: their place in it. */
export function placeWords(visit: VisitRow): string {
  const { page, step } = visit;
  if (step !== "browse" && step !== "cart") return stepName(step);
  return page?.title || page?.path || stepName(step);
}
