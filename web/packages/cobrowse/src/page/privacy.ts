/* What may be told of an element: the shop's marks and rules, and what protects without any. */

import type { MaskingRules } from "@stoa/protocol";
import { fits, MASK, scrub } from "./values.ts";

/** show: as it is, marked by hand. plain: as it is, but for card numbers and the like. */
export type Level = "show" | "plain" | "mask";

const SHOW = ['[data-cobrowse="show"]'];
const MASKED = ['[data-cobrowse="mask"]', ".rr-mask"];
const BLOCKED = [
  '[data-cobrowse="block"]',
  ".rr-block",
  "stoa-counter",
  "stoa-cobrowse",
  "object",
  "embed",
];

/** Never told and never filled by an agent, whatever the shop says. */
const SECRET =
  'input[type="password"],input[type="file"],input[type="hidden"],' +
  '[autocomplete*="one-time-code" i],[autocomplete*="password" i],[autocomplete*="cc-" i],' +
  '[name*="otp" i],[name*="passcode" i],[name*="iban" i],[id*="iban" i],[name="pin" i]';
const TEXT_ENTRY =
  'textarea,select,input:not([type="submit"],[type="button"],[type="reset"],[type="image"],' +
  '[type="checkbox"],[type="radio"])';

/** The rules could not be read as CSS: nothing may leave the page. */
export class BadRules extends Error {}

function joined(selectors: readonly string[]): string {
  const text = selectors.join(",");
  try {
    document.createDocumentFragment().querySelector(text);
  } catch (cause) {
    throw new BadRules(text, { cause });
  }
  return text;
}

/** The element above, also out of a component and out of a frame of the same origin. */
function above(element: Element): Element | null {
  const root = element.getRootNode();
  if (root instanceof ShadowRoot) return root.host;
  try {
    return element.ownerDocument.defaultView?.frameElement ?? null;
  } catch {
    return null;
  }
}

/** The nearest element at or above that fits, across components and frames. */
export function closest(element: Element, selector: string): Element | null {
  for (let from: Element | null = element; from; from = above(from)) {
    const found = from.closest(selector);
    if (found) return found;
  }
  return null;
}

/** Whether text is typed or chosen in it. */
export function isTextEntry(element: Element): boolean {
  return element.matches(TEXT_ENTRY) || (element as HTMLElement).isContentEditable === true;
}

/** Whether its value is nobody's business, whatever the shop says. */
export function isSecretField(element: Element): boolean {
  return element.matches(SECRET);
}

/** The shop's rules as they stand on this page. */
export class Privacy {
  /** For rrweb: elements of which only the size is told. */
  readonly blocked: string;
  readonly pauses: boolean;
  private readonly shown: string;
  private readonly masked: string;
  private readonly either: string;
  private readonly masksText: boolean;

  /** Throws `BadRules` when one of the selectors is none. */
  constructor(rules: MaskingRules, path: string) {
    const here = (rules.pages ?? []).filter((page) => fits(path, page.path));
    const all = [rules, ...here];
    const gather = (name: "show" | "mask" | "block") => all.flatMap((one) => one[name] ?? []);
    this.blocked = joined([...BLOCKED, ...gather("block")]);
    this.shown = joined([...SHOW, ...gather("show")]);
    this.masked = joined([...MASKED, ...gather("mask")]);
    this.either = `${this.shown},${this.masked}`;
    this.masksText = all.some((one) => one.mask_text === true);
    this.pauses = here.some((one) => one.pause === true);
  }

  /** What may be told of the words in an element: its nearest mark decides, and a mask wins. */
  level(element: Element): Level {
    const marked = closest(element, this.either);
    if (!marked) return this.masksText ? "mask" : "plain";
    return marked.matches(this.masked) ? "mask" : "show";
  }

  /** Whether the value of a field may be told: it has to be marked itself. */
  showsValue(field: Element): boolean {
    return field.matches(this.shown) && !field.matches(this.masked) && !isSecretField(field);
  }

  /** The words of an element as they may be told. */
  words(text: string, element: Element | null): string {
    if (!text.trim()) return text;
    if (!element) return MASK;
    if ((element as HTMLElement).isContentEditable) {
      return this.value(text, closest(element, "[contenteditable]") ?? element);
    }
    if (element.localName === "textarea") return this.value(text, element);
    const level = this.level(element);
    if (level === "mask") return MASK;
    return level === "show" ? text : scrub(text);
  }

  /** The value of a field as it may be told: that there is one, not which and not how long. */
  value(text: string, field: Element): string {
    if (!text) return "";
    return this.showsValue(field) ? scrub(text) : MASK;
  }

  isBlocked(element: Element): boolean {
    return closest(element, this.blocked) !== null;
  }
}
