import { classesOf, isElement, parentOf, shadowOf } from "./untainted.ts";

const HOVER = "stoa-hover";
const SPLIT = "/* rr_split */";

/** Returns the texts of a style's pieces: the recorder joins them, its later changes name one. */
export function piecesOf(cssText: string, count: number): string[] {
  const pieces = cssText.split(SPLIT);
  if (count <= 1) return [pieces.join("")];
  if (pieces.length <= count) return pieces;
  return [...pieces.slice(0, count - 1), pieces.slice(count - 1).join("")];
}

function hasRules(rule: CSSRule): rule is CSSRule & { cssRules: CSSRuleList } {
  return "cssRules" in rule;
}

/** Makes what the customer's mouse does by `:hover` happen by a class too: no mouse of ours is over
 * the replica. Selectors are only added to, so that the recorder's numbers of rules stay true. */
function widen(rules: CSSRuleList): void {
  for (const rule of rules) {
    if (rule instanceof CSSStyleRule && rule.selectorText.includes(":hover")) {
      rule.selectorText += `, ${rule.selectorText.replaceAll(":hover", `.${HOVER}`)}`;
    }
    if (hasRules(rule)) widen(rule.cssRules);
  }
}

export function widenHover(sheet: CSSStyleSheet | null): void {
  try {
    if (sheet) widen(sheet.cssRules);
  } catch (error) {
    // A sheet of another origin is drawn and cannot be read.
    if (!(error instanceof DOMException)) throw error;
  }
}

let hovered: Element[] = [];

/** Draws the elements from `node` upwards as those under the customer's mouse. */
export function hover(node: Node | null): void {
  for (const element of hovered) classesOf(element).remove(HOVER);
  hovered = [];
  for (let at = node; at; at = parentOf(at) ?? (at instanceof ShadowRoot ? at.host : null)) {
    if (!isElement(at)) continue;
    classesOf(at).add(HOVER);
    hovered.push(at);
  }
}

/** Forgets the elements of a page that is gone. */
export function resetHover(): void {
  hovered = [];
}

/* What is kept from the agent looks like that, whatever the page's own style says. */
export const OWN_STYLE = `
  stoa-nothing { display: none !important; }
  stoa-frame { display: inline-block; overflow: auto; transform: translate(0); }
  stoa-frame[data-stoa-empty], [data-stoa-blocked], [data-stoa-masked] {
    background-image: repeating-linear-gradient(
      -45deg, rgba(110, 104, 96, .3) 0 4px, rgba(200, 195, 186, .3) 4px 9px) !important;
  }
  [data-stoa-blocked] {
    box-sizing: border-box !important;
    outline: 1px dashed rgba(95, 91, 84, .7) !important; outline-offset: -1px !important;
  }
  *, ::before, ::after { caret-color: transparent !important; }
  html { scroll-behavior: auto !important; }
`;
/* A phone draws its scroll bars over the page, where they take no room. */
export const TOUCH_STYLE = "*::-webkit-scrollbar { display: none } * { scrollbar-width: none }";

type RuleChange = { rule?: string; index?: number | number[] };
type Sheet = CSSStyleSheet | CSSGroupingRule;

/** Returns the group of rules that a path leads to, and the place in it. */
function placeOf(sheet: CSSStyleSheet, index: number | number[] | undefined): [Sheet, number] {
  const path = Array.isArray(index) ? index : [index ?? sheet.cssRules.length];
  let at: Sheet = sheet;
  for (const step of path.slice(0, -1)) at = at.cssRules[step] as CSSGroupingRule;
  return [at, Math.min(path.at(-1) ?? 0, at.cssRules.length)];
}

/** Puts rules in and takes rules out, as the page's scripts did. What the browser here does not know
 * (a prefix of another browser) keeps its place, empty: the numbers after it stay true. */
export function changeRules(
  sheet: CSSStyleSheet,
  adds: readonly RuleChange[],
  removes: readonly RuleChange[],
): void {
  for (const { index } of removes) {
    const [group, place] = placeOf(sheet, index);
    if (place < group.cssRules.length) group.deleteRule(place);
  }
  for (const { rule = "", index } of adds) {
    const [group, place] = placeOf(sheet, index);
    try {
      group.insertRule(rule, place);
    } catch (error) {
      if (!(error instanceof DOMException)) throw error;
      group.insertRule("stoa-unknown {}", place);
    }
    const added = group.cssRules[place];
    if (added && rule.includes(":hover")) widen([added] as unknown as CSSRuleList);
  }
}

interface Declared {
  property: string;
  value?: string | null;
  priority?: string;
}

/** Sets or drops one property of a rule. */
export function declare(
  sheet: CSSStyleSheet,
  index: number[],
  set: Declared | undefined,
  drop: Declared | undefined,
): void {
  const [group, place] = placeOf(sheet, index);
  const rule = group.cssRules[place];
  if (!rule || !("style" in rule)) return;
  const style = rule.style as CSSStyleDeclaration;
  if (set) style.setProperty(set.property, set.value ?? "", set.priority ?? "");
  if (drop) style.removeProperty(drop.property);
}

/** Returns whether a node, or what it is in, is a sheet's text. */
export function sheetHolder(node: Node | null): HTMLStyleElement | null {
  return node instanceof HTMLStyleElement ? node : null;
}

/** The root whose sheets a host adopts: its shadow, or the document. */
export function adopterOf(node: Node | null): Document | ShadowRoot | null {
  if (node instanceof Document) return node;
  return isElement(node) ? shadowOf(node) : null;
}
