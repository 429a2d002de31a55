/* What an agent does here, done by our own code: scroll, click, fill; never payment, never secrets.
   Fetched when the agent asks for control; what it needs of the page's module it is given. */

import type { ActSignal } from "@stoa/protocol";
import type { Overlay } from "./overlay.ts";
import type { Privacy } from "./privacy.ts";

export interface Outcome {
  readonly outcome: "done" | "refused";
  readonly reason: string;
  /** The element as the page names it. */
  readonly target: string;
}

/** So long the customer sees what is about to happen. */
const NOTICE_MS = 350;
const CLICKABLE =
  "a[href],area[href],button,label,summary,option,[role=button],[role=link],[role=tab]," +
  "[role=menuitem],[role=option],[role=checkbox],[role=radio],[role=switch],[onclick],[tabindex]," +
  'input[type="submit"],input[type="button"],input[type="reset"],input[type="image"],' +
  'input[type="checkbox"],input[type="radio"]';
const FILLABLE =
  'textarea,select,input:not([type]),input[type="text"],input[type="search"],input[type="email"],' +
  'input[type="tel"],input[type="url"],input[type="number"],input[type="date"],input[type="time"],' +
  'input[type="month"],input[type="week"],input[type="datetime-local"]';
const SUBMITS = 'button:not([type]),button[type="submit"],input[type="submit"],input[type="image"]';
/* What the law has a button say that binds: shops without marks are protected by their words. */
const BINDING = new RegExp(
  "\\bpay\\b|place (?:my |your |the )?order|buy now|complete (?:order|purchase)|zahlungspflichtig|" +
    "kostenpflichtig|jetzt (?:kaufen|bezahlen)|kupuję|zapłać|zamawiam|z obowiązkiem zapłaty|" +
    "\\bpaga\\b|ordina e paga|conferma (?:l['’])?ordine|completa (?:l['’])?acquisto|πληρωμ|" +
    "ολοκλήρωση (?:της )?(?:παραγγελίας|αγοράς)|παραγγελία με υποχρέωση",
  "i",
);

/** What the page's module lends. */
export interface Lent {
  readonly overlay: Overlay;
  readonly privacy: () => Privacy | undefined;
  readonly elementOf: (id: number) => Element | null;
  readonly closest: (element: Element, selector: string) => Element | null;
  readonly isSecretField: (element: Element) => boolean;
  readonly payment: string;
  readonly mask: string;
}

type Refusal =
  | "gone"
  | "hidden"
  | "blocked"
  | "never"
  | "payment"
  | "private"
  | "disabled"
  | "leaves"
  | "unfit"
  | "invalid"
  | "no_control";

export class Actions {
  /** Whether the customer has given control. */
  isAllowed = false;
  private readonly lent: Lent;

  constructor(lent: Lent) {
    this.lent = lent;
  }

  /** The action is done, seen by the customer, or refused with a reason. */
  async run({ action }: ActSignal): Promise<Outcome> {
    const { overlay, elementOf, mask } = this.lent;
    const privacy = this.lent.privacy();
    if (!this.isAllowed || !privacy) return refused("no_control");
    if (action.kind === "scroll") return this.scroll(action);
    const element = elementOf(action.node);
    if (!element) return refused("gone");
    const target = action.kind === "click" ? (element.closest(CLICKABLE) ?? element) : element;
    const name = nameOf(target);
    const told = privacy.words(name, target) === mask ? "" : name;
    const why = this.whyNot(action.kind, target, privacy);
    if (why) return refused(why, told);
    overlay.announce(action.kind === "click" ? "clicks" : "fills", target, name);
    await new Promise((resolve) => setTimeout(resolve, NOTICE_MS));
    // The customer may have taken control back, and the page may have changed.
    if (!this.isAllowed) return refused("no_control", told);
    const late = this.whyNot(action.kind, target, privacy);
    if (late) return refused(late, told);
    if (action.kind === "click") click(target);
    else if (!fill(target, action.text)) return refused("invalid", told);
    return { outcome: "done", reason: "", target: told };
  }

  private scroll(action: Extract<ActSignal["action"], { kind: "scroll" }>): Outcome {
    const { node, x: left, y: top } = action;
    if (node === null || node === undefined) window.scrollTo({ left, top });
    else {
      const element = this.lent.elementOf(node);
      if (!element) return refused("gone");
      element.scrollTo({ left, top });
    }
    this.lent.overlay.announce("scrolls", null, "");
    return { outcome: "done", reason: "", target: "" };
  }

  private whyNot(kind: "click" | "fill", target: Element, privacy: Privacy): Refusal | undefined {
    const { closest, isSecretField, payment } = this.lent;
    if (!target.isConnected) return "gone";
    if (privacy.isBlocked(target)) return "blocked";
    if (closest(target, '[data-cobrowse="never"]')) return "never";
    if (target.matches(":disabled,[aria-disabled=true],[readonly]")) return "disabled";
    if (target.getClientRects().length === 0) return "hidden";
    if (target.matches(payment) || closest(target, '[data-cobrowse="pause"]')) return "payment";
    if (isSecretField(target)) return "private";
    return kind === "fill" ? whyNotFill(target) : this.whyNotClick(target);
  }

  private whyNotClick(target: Element): Refusal | undefined {
    const { closest, isSecretField, payment } = this.lent;
    const field = target instanceof HTMLLabelElement ? target.control : target;
    if (field && (isSecretField(field) || field.matches(payment))) return "private";
    const link = target.closest("a[href],area[href]");
    if (link && leaves(link as HTMLAnchorElement)) return "leaves";
    if (BINDING.test(nameOf(target))) return "payment";
    const form = target.matches(SUBMITS) ? (target as HTMLButtonElement).form : null;
    if (!form) return undefined;
    if (closest(form, '[data-cobrowse="never"]')) return "never";
    if (form.querySelector(payment)) return "payment";
    return form.querySelector('input[type="password"]') ? "private" : undefined;
  }
}

function refused(reason: Refusal, target = ""): Outcome {
  return { outcome: "refused", reason, target };
}

function whyNotFill(target: Element): Refusal | undefined {
  return target.matches(FILLABLE) || isEditor(target) ? undefined : "unfit";
}

function isEditor(element: Element): element is HTMLElement {
  return (element as HTMLElement).isContentEditable === true;
}

function leaves(link: HTMLAnchorElement): boolean {
  const isOther = link.target !== "" && link.target !== "_self" && link.target !== "_top";
  return isOther || link.hasAttribute("download") || new URL(link.href).origin !== location.origin;
}

function nameOf(element: Element): string {
  const label = (element as HTMLInputElement).labels?.[0]?.textContent;
  const named = element.getAttribute("aria-labelledby");
  const by = named && document.getElementById(named.split(" ")[0] ?? "")?.textContent;
  const isButton = element.matches('input[type="submit"],input[type="button"],input[type="reset"]');
  const own = isButton ? (element as HTMLInputElement).value : "";
  const words = element.matches("select,textarea,input") ? "" : element.textContent;
  const name =
    element.getAttribute("aria-label") ||
    by ||
    label ||
    own ||
    words ||
    element.getAttribute("name");
  return (name ?? "").replace(/\s+/g, " ").trim().slice(0, 100);
}

function click(target: Element) {
  const { left, top, width, height } = target.getBoundingClientRect();
  const at = { clientX: left + width / 2, clientY: top + height / 2 };
  const shared = {
    bubbles: true,
    cancelable: true,
    composed: true,
    view: window,
    button: 0,
    ...at,
  };
  const finger = { ...shared, pointerId: 1, pointerType: "mouse", isPrimary: true };
  target.dispatchEvent(new PointerEvent("pointerdown", { ...finger, buttons: 1 }));
  target.dispatchEvent(new MouseEvent("mousedown", { ...shared, buttons: 1, detail: 1 }));
  target.dispatchEvent(new PointerEvent("pointerup", finger));
  target.dispatchEvent(new MouseEvent("mouseup", { ...shared, detail: 1 }));
  // The element's own click does what a click does: follow, toggle, submit.
  if (target instanceof HTMLElement) target.click();
  else target.dispatchEvent(new MouseEvent("click", { ...shared, detail: 1 }));
}

/** Whether the field holds the text now. */
function fill(target: Element, text: string): boolean {
  if (target instanceof HTMLSelectElement) {
    if (!choose(target, text)) return false;
  } else if (target instanceof HTMLInputElement || target instanceof HTMLTextAreaElement) {
    const most = target.maxLength;
    if (most >= 0 && text.length > most) return false;
    const before = target.value;
    setValue(target, text);
    if (target.value !== text) {
      setValue(target, before);
      return false;
    }
  } else if (isEditor(target)) {
    target.textContent = text;
  } else {
    return false;
  }
  const kind = { bubbles: true, composed: true };
  target.dispatchEvent(new InputEvent("input", { ...kind, inputType: "insertReplacementText" }));
  target.dispatchEvent(new Event("change", kind));
  // Forms that look at a field when it is left look now; the customer's focus stays where it is.
  target.dispatchEvent(new FocusEvent("blur"));
  target.dispatchEvent(new FocusEvent("focusout", kind));
  return true;
}

/* By the prototype: a framework that watches the property of the element must not take it for its own. */
function setValue(field: HTMLInputElement | HTMLTextAreaElement, text: string) {
  const prototype = Object.getPrototypeOf(field) as object;
  Object.getOwnPropertyDescriptor(prototype, "value")?.set?.call(field, text);
}

function choose(field: HTMLSelectElement, text: string): boolean {
  const wish = text.trim().toLowerCase();
  const option = [...field.options].find(
    (one) =>
      !one.disabled && (one.label.trim().toLowerCase() === wish || one.value === text.trim()),
  );
  if (!option) return false;
  field.value = option.value;
  return true;
}
