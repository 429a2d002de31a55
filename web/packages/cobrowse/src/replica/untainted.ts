/* The document's own methods, taken before any of the customer's page is in it: names and ids in
 * that page (`<img name="createElement">`, `<input name="appendChild">`) stand in front of the
 * document's and the forms' own, and must not become what we call. */

const node = Node.prototype;
const element = Element.prototype;

function getter<Of, Value>(of: object, name: string): (target: Of) => Value {
  const get = Object.getOwnPropertyDescriptor(of, name)?.get;
  if (!get) throw new Error(`This browser has no ${name}.`);
  return (target) => get.call(target) as Value;
}

function setter<Of, Value>(of: object, name: string): (target: Of, value: Value) => void {
  const set = Object.getOwnPropertyDescriptor(of, name)?.set;
  if (!set) throw new Error(`This browser has no ${name} to set.`);
  return (target, value) => set.call(target, value);
}

const { insertBefore, removeChild } = node;
const { setAttribute, removeAttribute, getAttribute, attachShadow, closest, scrollTo } = element;
const { createElement, createElementNS, createTextNode, createComment } = Document.prototype;
const { getBoundingClientRect } = element;

/** Puts `child` before `before`, or last. */
export const insert = (parent: Node, child: Node, before: Node | null = null): void => {
  insertBefore.call(parent, child, before);
};
export const remove = (parent: Node, child: Node): void => {
  removeChild.call(parent, child);
};
export const parentOf = getter<Node, Node | null>(node, "parentNode");
export const firstOf = getter<Node, Node | null>(node, "firstChild");
export const nextOf = getter<Node, Node | null>(node, "nextSibling");
export const textOf = getter<Node, string | null>(node, "textContent");
export const setText = setter<Node, string>(node, "textContent");
export const nodeTypeOf = getter<Node, number>(node, "nodeType");
export const tagOf = getter<Element, string>(element, "tagName");
export const classesOf = getter<Element, DOMTokenList>(element, "classList");
export const shadowOf = getter<Element, ShadowRoot | null>(element, "shadowRoot");
export const styleOf = getter<HTMLElement, CSSStyleDeclaration>(HTMLElement.prototype, "style");
export const svgStyleOf = getter<SVGElement, CSSStyleDeclaration>(SVGElement.prototype, "style");

const { querySelectorAll, elementFromPoint } = Document.prototype;

export const select = (selector: string): Element[] =>
  Array.from(querySelectorAll.call(document, selector));
/** Returns the innermost element at a place of the window, in shadows too. */
export function elementAt(x: number, y: number): Element | null {
  let found = elementFromPoint.call(document, x, y);
  for (let depth = 0; found && depth < 20; depth++) {
    const inner: Element | null = shadowOf(found)?.elementFromPoint(x, y) ?? null;
    if (!inner || inner === found) break;
    found = inner;
  }
  return found;
}
const scroller = getter<Document, Element | null>(Document.prototype, "scrollingElement");
/** Returns the element that scrolls with the window. */
export const scrollingElement = (): Element | null => scroller(document);
/** Makes the document (or a shadow) use these sheets. */
export const adoptSheets: (root: Document | ShadowRoot, sheets: CSSStyleSheet[]) => void = (() => {
  const ofDocument = setter<Document, CSSStyleSheet[]>(Document.prototype, "adoptedStyleSheets");
  const ofShadow = setter<ShadowRoot, CSSStyleSheet[]>(ShadowRoot.prototype, "adoptedStyleSheets");
  return (root, sheets) =>
    root instanceof Document ? ofDocument(root, sheets) : ofShadow(root, sheets);
})();

export const setOn = (target: Element, name: string, value: string): void =>
  setAttribute.call(target, name, value);
export const dropFrom = (target: Element, name: string): void => removeAttribute.call(target, name);
export const readFrom = (target: Element, name: string): string | null =>
  getAttribute.call(target, name);
export const openShadow = (target: Element): ShadowRoot =>
  shadowOf(target) ?? attachShadow.call(target, { mode: "open" });
export const closestTo = (target: Element, selector: string): Element | null =>
  closest.call(target, selector);
export const boxOf = (target: Element): DOMRect => getBoundingClientRect.call(target);
export const scrollElement = (target: Element, left: number, top: number): void =>
  Reflect.apply(scrollTo, target, [{ left, top, behavior: "instant" }]);

export const make = createElement.bind(document);
export const makeSvg = (tag: string): SVGElement =>
  createElementNS.call(document, "http://www.w3.org/2000/svg", tag) as SVGElement;
export const makeText = createTextNode.bind(document);
export const makeComment = createComment.bind(document);

export const isElement = (target: Node | null): target is Element =>
  target !== null && nodeTypeOf(target) === 1;

/** Returns the children, as they stand now. */
export function childrenOf(target: Node): Node[] {
  const found: Node[] = [];
  for (let child = firstOf(target); child; child = nextOf(child)) found.push(child);
  return found;
}
