/* A page may hold <form name="createElement"> or the like, which shadows the document's own
   properties (DOM clobbering). What we need is taken from the prototypes. */

const { createElement, createElementNS } = Document.prototype;
const SVG = "http://www.w3.org/2000/svg";

/** Reads a property of the document that no element of the page stands in front of. */
export function own<Name extends "currentScript" | "documentElement" | "title" | "activeElement">(
  name: Name,
): Document[Name] {
  const getter = Object.getOwnPropertyDescriptor(Document.prototype, name)?.get;
  return getter?.call(document) as Document[Name];
}

/** The root has this style as well. */
export function adopt(root: ShadowRoot, style: string): void {
  try {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(style);
    root.adoptedStyleSheets = [...root.adoptedStyleSheets, sheet];
  } catch {
    // Before Safari 16.4 there are no constructed sheets; there the page's policy decides.
    root.append(make("style", "", style));
  }
}

/** The tab has another name until the returned function is called; a page that names itself anew
 * meanwhile keeps that. */
export function lendTitle(title: string): () => void {
  const set = Object.getOwnPropertyDescriptor(Document.prototype, "title")?.set;
  const before = own("title");
  set?.call(document, title);
  return () => {
    if (own("title") === title) set?.call(document, before);
  };
}

/** A new element with a class, an optional text, and children. */
export function make<Tag extends keyof HTMLElementTagNameMap>(
  tag: Tag,
  className = "",
  text = "",
): HTMLElementTagNameMap[Tag] {
  const element = createElement.call(document, tag) as HTMLElementTagNameMap[Tag];
  if (className) element.className = className;
  if (text) element.textContent = text;
  return element;
}

/** The host element: its name has a dash, so it may carry a shadow root. */
export function makeHost(): HTMLElement {
  return createElement.call(document, "stoa-counter");
}

/** The icon, built without innerHTML, which a page with Trusted Types refuses. */
export function makeIcon(drawing: string, size: number): SVGElement {
  const svg = createElementNS.call(document, SVG, "svg") as SVGElement;
  const look = {
    width: size,
    height: size,
    viewBox: "0 0 24 24",
    fill: "none",
    stroke: "currentColor",
    "stroke-width": 2,
    "stroke-linecap": "round",
    "stroke-linejoin": "round",
    "aria-hidden": "true",
  };
  for (const [name, value] of Object.entries(look)) svg.setAttribute(name, String(value));
  for (const [, tag = "", attributes = ""] of drawing.matchAll(/<(\w+)([^>]*)>/g)) {
    const shape = createElementNS.call(document, SVG, tag);
    for (const [, name = "", value = ""] of attributes.matchAll(/([\w-]+)="([^"]*)"/g)) {
      shape.setAttribute(name, value);
    }
    svg.append(shape);
  }
  return svg;
}
