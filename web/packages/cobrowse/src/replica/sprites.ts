/* Drawings that pages take from another file (`<use href="/icons.svg#cart">`). Browsers take them
 * from the page's own origin only, and the replica has none: the desk fetches the shop's, and hands
 * over a description, which is built as everything here is. */
import { attributeFor, drawingOf } from "./allowed.ts";
import type { Drawn, FromReplica } from "./messages.ts";
import * as dom from "./untainted.ts";

interface Known {
  readonly number: number;
  readonly waiting: [Element, string][];
  symbols: readonly Drawn[] | null;
}

function build({ tag, attributes, children }: Drawn): Element | null {
  const drawing = drawingOf(tag, true, attributes);
  if (drawing.as !== "element") return null;
  const element = dom.makeSvg(drawing.tag);
  for (const [name, value] of Object.entries(attributes)) {
    const allowed = attributeFor(tag, name, value);
    if (allowed !== null) dom.setOn(element, name, allowed);
  }
  for (const child of children) {
    const built = build(child);
    if (built) dom.insert(element, built);
  }
  return element;
}

export class Sprites {
  private readonly files = new Map<string, Known>();
  private readonly tell: (message: FromReplica) => void;

  constructor(tell: (message: FromReplica) => void) {
    this.tell = tell;
  }

  /** Draws `element` by an address with a fragment, as soon as the file is here. */
  use(element: Element, address: string): void {
    const [url = "", id = ""] = address.split("#");
    let file = this.files.get(url);
    if (!file) {
      file = { number: this.files.size, waiting: [], symbols: null };
      this.files.set(url, file);
      this.tell({ t: "sprite", url });
    }
    if (file.symbols) this.point(file, element, id);
    else file.waiting.push([element, id]);
  }

  /** The file has come. */
  take(url: string, symbols: readonly Drawn[], root: Node | undefined): void {
    const file = this.files.get(url);
    if (!file) return;
    file.symbols = symbols;
    if (root) this.put(file, root);
    for (const [element, id] of file.waiting.splice(0)) this.point(file, element, id);
  }

  /** Puts what is known into a page that has just begun. */
  stand(root: Node): void {
    for (const file of this.files.values()) this.put(file, root);
  }

  /** The page is gone, and with it who waited. */
  reset(): void {
    for (const file of this.files.values()) file.waiting.length = 0;
  }

  private put(file: Known, root: Node): void {
    if (!file.symbols) return;
    const holder = dom.makeSvg("svg");
    dom.setOn(holder, "style", "display: none");
    for (const symbol of file.symbols) {
      const built = build(symbol);
      if (!built) continue;
      dom.setOn(built, "id", nameOf(file, symbol.attributes.id ?? ""));
      dom.insert(holder, built);
    }
    dom.insert(root, holder, dom.firstOf(root));
  }

  private point(file: Known, element: Element, id: string): void {
    dom.setOn(element, "href", `#${nameOf(file, id)}`);
  }
}

const nameOf = (file: Known, id: string): string => `stoa-sprite-${file.number}-${id}`;
