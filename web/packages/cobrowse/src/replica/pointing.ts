import { isField } from "./build.ts";
import { isKeptBack } from "./masked.ts";
import type { Box, Pointed } from "./messages.ts";
import type { Mirror } from "./mirror.ts";
import * as dom from "./untainted.ts";

const LABEL_MAX = 120;
const CLICKABLE =
  'a, button, summary, label, select, input, textarea, [role="button"], [role="link"],' +
  ' [role="tab"], [role="menuitem"], [role="option"], [role="checkbox"], [role="radio"], [onclick]';
const WRITABLE =
  /^(?:text|search|email|tel|url|number|date|month|week|time|datetime-local|password)$/;

export function boxOf(element: Element): Box | null {
  const { x, y, width, height } = dom.boxOf(element);
  return width > 0 && height > 0 ? { x, y, width, height } : null;
}

function ownText(element: Element): string {
  return (dom.textOf(element) ?? "").replace(/\s+/g, " ").trim();
}

/** What the element is called, as its page names it. */
export function labelOf(element: Element): string {
  const said = dom.readFrom(element, "aria-label") || dom.readFrom(element, "title");
  if (said) return said.slice(0, LABEL_MAX);
  if (isField(element) || element instanceof HTMLSelectElement) {
    const label = element.labels?.[0];
    const words = (label && ownText(label)) || dom.readFrom(element, "placeholder");
    return (words || element.name || "").slice(0, LABEL_MAX);
  }
  if (element instanceof HTMLImageElement) return element.alt.slice(0, LABEL_MAX);
  return ownText(element).slice(0, LABEL_MAX);
}

function abilityOf(element: Element): Pointed["can"] {
  if (element instanceof HTMLTextAreaElement) return "fill";
  if (element instanceof HTMLInputElement && WRITABLE.test(element.type)) return "fill";
  return dom.closestTo(element, CLICKABLE) ? "click" : "nothing";
}

/** The element that is meant by one in it: the button, not the picture on it. */
function meant(element: Element): Element {
  return dom.closestTo(element, CLICKABLE) ?? element;
}

function describe(mirror: Mirror, element: Element, id: number, x: number, y: number): Pointed {
  const target = meant(element);
  return {
    t: "pointed",
    id,
    x: x + window.scrollX,
    y: y + window.scrollY,
    node: mirror.id(target),
    box: boxOf(target),
    label: labelOf(target),
    can: abilityOf(target),
    isMasked: isKeptBack(target) || isKeptBack(element),
  };
}

/** What is at a place of the customer's window. */
export function pointedAt(mirror: Mirror, id: number, x: number, y: number): Pointed {
  const element = dom.elementAt(x, y);
  if (element) return describe(mirror, element, id, x, y);
  const place = { x: x + window.scrollX, y: y + window.scrollY };
  return {
    t: "pointed",
    id,
    ...place,
    node: null,
    box: null,
    label: "",
    can: "nothing",
    isMasked: false,
  };
}

/** The next (or previous) element on the screen that something can be done with, around the end. */
export function steppedTo(
  mirror: Mirror,
  id: number,
  from: number | null,
  isBack: boolean,
): Pointed {
  const shown = dom.select(CLICKABLE).filter((element) => {
    const box = boxOf(element);
    return box !== null && box.y + box.height > 0 && box.y < window.innerHeight;
  });
  const at = shown.findIndex((element) => mirror.id(element) === from);
  const next = isBack
    ? at <= 0
      ? shown.length - 1
      : at - 1
    : (at + 1) % Math.max(1, shown.length);
  const element = shown[next];
  const box = element && boxOf(element);
  if (!element || !box) return pointedAt(mirror, id, -1, -1);
  return describe(mirror, element, id, box.x + box.width / 2, box.y + box.height / 2);
}
