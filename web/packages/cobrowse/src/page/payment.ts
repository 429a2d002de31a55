/* Payment pauses it by itself: a mark of the page, a card's field, or a provider's frame in sight. */

const HOSTS = [
  "stripe.com",
  "adyen.com",
  "braintreegateway.com",
  "braintree-api.com",
  "paypal.com",
  "mollie.com",
  "checkout.com",
  "klarna.com",
  "worldpay.com",
  "squareup.com",
  "payu.com",
  "przelewy24.pl",
  "tpay.com",
  "nexigroup.com",
  "vivapayments.com",
  "viva.com",
  "datatrans.com",
  "unzer.com",
  "computop.com",
  "payone.com",
  "recurly.com",
  "spreedly.com",
  "authorize.net",
];
const NAMES = [
  "cardnumber",
  "card-number",
  "card_number",
  "ccnum",
  "cc-num",
  "cvc",
  "cvv",
  "card-exp",
];

export const PAYMENT = [
  '[data-cobrowse="pause"]',
  'input[autocomplete*="cc-number" i]',
  'input[autocomplete*="cc-csc" i]',
  'input[autocomplete*="cc-exp" i]',
  'input[autocomplete*="cc-name" i]',
  ...NAMES.flatMap((name) => [`input[name*="${name}" i]`, `input[id*="${name}" i]`]),
  ...HOSTS.map((host) => `iframe[src*="${host}/" i]`),
].join(",");

/** Whether somebody sees it: frames of one pixel and folded forms are no payment yet. */
function isInSight(element: Element): boolean {
  if (element.matches('input[type="hidden"]')) return false;
  const { width, height } = element.getBoundingClientRect();
  if (width < 8 || height < 8) return element.matches('[data-cobrowse="pause"]') && height > 0;
  return element.checkVisibility?.({ visibilityProperty: true }) ?? true;
}

/** Knows whether the page is one of payment. */
export class PaymentWatch {
  /* Those inside components and frames, which a query from the top does not find. */
  private readonly known = new Set<WeakRef<Element>>();

  /** Has a look at an element that the recorder came across. */
  readonly see = (element: Element): void => {
    const { localName } = element;
    if (localName !== "input" && localName !== "iframe" && !element.hasAttribute("data-cobrowse")) {
      return;
    }
    if (element.matches(PAYMENT)) this.known.add(new WeakRef(element));
  };

  isOn(): boolean {
    for (const element of document.querySelectorAll(PAYMENT)) if (isInSight(element)) return true;
    for (const reference of this.known) {
      const element = reference.deref();
      if (!element?.isConnected) this.known.delete(reference);
      else if (element.matches(PAYMENT) && isInSight(element)) return true;
    }
    return false;
  }
}
