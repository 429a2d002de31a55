import {
  EventType,
  type eventWithTime,
  IncrementalSource,
  type incrementalData,
  type mutationData,
  NodeType,
  type serializedNodeWithId,
} from "@rrweb/types";
import { Builder, isField, nothingLater } from "./build.ts";
import { markMasked, markParent } from "./masked.ts";
import type { Drawn, FromReplica } from "./messages.ts";
import { Mirror } from "./mirror.ts";
import { Sprites } from "./sprites.ts";
import * as styles from "./styles.ts";
import * as dom from "./untainted.ts";

/** An addition whose place is not there: the page can only be had from the beginning again. */
export class OutOfStep extends Error {}

const TOUCHES: ReadonlySet<IncrementalSource> = new Set([IncrementalSource.TouchMove]);
/** Below this width a window is a phone's, before any finger tells. */
const PHONE_WIDTH = 600;
const PRESSES: ReadonlySet<number> = new Set([1, 2, 7]); // mouse down, click, touch start

/** The customer's page, drawn in this document and changed as their page changes. */
export class Page {
  readonly mirror = new Mirror();
  private readonly later = nothingLater();
  private readonly sprites: Sprites;
  private readonly builder: Builder;
  private readonly sheets = new Map<number, CSSStyleSheet>();
  private readonly tell: (message: FromReplica) => void;
  private isTouch = false;

  constructor(tell: (message: FromReplica) => void) {
    this.tell = tell;
    this.sprites = new Sprites(tell);
    this.builder = new Builder(this.mirror, this.later, this.sprites);
  }

  /** A file of drawings has come. */
  takeSprite(url: string, symbols: readonly Drawn[]): void {
    this.sprites.take(url, symbols, dom.childrenOf(document).find(dom.isElement));
  }

  /** Applies a batch. Raises: OutOfStep. */
  apply(events: readonly eventWithTime[]): void {
    for (const event of events) this.take(event);
    this.settle();
  }

  private take(event: eventWithTime): void {
    if (event.type === EventType.Meta) {
      const { width, height } = event.data;
      this.isTouch ||= width <= PHONE_WIDTH;
      this.tell({ t: "size", width, height, isTouch: this.isTouch });
    } else if (event.type === EventType.FullSnapshot) {
      this.begin(event.data.node);
      this.settle();
      scrollWindow(event.data.initialOffset.left, event.data.initialOffset.top);
    } else if (event.type === EventType.IncrementalSnapshot) {
      this.change(event.data);
    }
  }

  /** Draws a page from its beginning; nothing of the one before stays. */
  private begin(described: serializedNodeWithId): void {
    if (described.type !== NodeType.Document) throw new OutOfStep("a keyframe without a document");
    this.tell({ t: "quirks", is: described.compatMode === "BackCompat" });
    this.mirror.clear();
    this.sheets.clear();
    styles.resetHover();
    this.sprites.reset();
    dom.adoptSheets(document, []);
    for (const child of dom.childrenOf(document)) {
      // A document's kind decides how it is laid out, and stays.
      if (dom.nodeTypeOf(child) !== Node.DOCUMENT_TYPE_NODE) dom.remove(document, child);
    }
    this.mirror.add(described.id, document);
    for (const child of described.childNodes) {
      const built = this.builder.node(child);
      if (dom.isElement(built)) dom.insert(document, built);
    }
    this.addOwnStyle();
  }

  private addOwnStyle(): void {
    const root = dom.childrenOf(document).find(dom.isElement);
    if (!root) throw new OutOfStep("a document without an element");
    const style = dom.make("style");
    dom.insert(style, dom.makeText(styles.OWN_STYLE + (this.isTouch ? styles.TOUCH_STYLE : "")));
    dom.insert(root, style, dom.firstOf(root));
    this.sprites.stand(root);
  }

  private change(data: incrementalData): void {
    switch (data.source) {
      case IncrementalSource.Mutation:
        return this.mutate(data);
      case IncrementalSource.MouseMove:
      case IncrementalSource.TouchMove:
      case IncrementalSource.Drag: {
        const last = data.positions.at(-1);
        if (last) this.mouse(last, TOUCHES.has(data.source) ? "touch" : "move");
        return;
      }
      case IncrementalSource.MouseInteraction:
        if (data.x !== undefined && data.y !== undefined && PRESSES.has(data.type)) {
          this.mouse({ x: data.x, y: data.y, id: data.id }, data.type === 7 ? "touch" : "press");
        }
        return;
      case IncrementalSource.Scroll:
        return this.scroll(data.id, data.x, data.y);
      case IncrementalSource.ViewportResize:
        this.tell({ t: "size", width: data.width, height: data.height, isTouch: this.isTouch });
        return;
      case IncrementalSource.Input:
        return this.input(data.id, data.text, data.isChecked);
      case IncrementalSource.StyleSheetRule: {
        const sheet = this.sheet(data.id, data.styleId);
        if (!sheet) return;
        if (data.replace !== undefined) sheet.replaceSync(data.replace);
        if (data.replaceSync !== undefined) sheet.replaceSync(data.replaceSync);
        return styles.changeRules(sheet, data.adds ?? [], data.removes ?? []);
      }
      case IncrementalSource.StyleDeclaration: {
        const sheet = this.sheet(data.id, data.styleId);
        if (sheet) styles.declare(sheet, data.index, data.set, data.remove);
        return;
      }
      case IncrementalSource.AdoptedStyleSheet:
        return this.adopt(data);
      default:
        // Sound, canvas and selections are not shown; a font is loaded by the page's styles.
        return;
    }
  }

  // ---- what stands in the page ------------------------------------------------------------------

  private mutate({ removes, adds, texts, attributes }: mutationData): void {
    for (const { id, parentId } of removes) {
      const node = this.mirror.node(id);
      if (!node) continue;
      this.mirror.forget(node);
      const parent = dom.parentOf(node);
      const said = this.mirror.node(parentId);
      if (parent && (parent === said || said)) dom.remove(parent, node);
    }
    for (const add of adds) this.add(add);
    for (const { id, value } of texts) {
      const text = this.mirror.node(id);
      if (text) this.write(text, value ?? "");
    }
    for (const { id, attributes: changed } of attributes) {
      const element = this.mirror.node(id);
      if (dom.isElement(element)) this.dress(element, changed);
    }
  }

  private add({ parentId, nextId, node: described }: mutationData["adds"][number]): void {
    const parent = this.mirror.node(parentId);
    if (!parent) throw new OutOfStep(`no node ${parentId} to add to`);
    if (described.type === NodeType.Document) {
      if (dom.isElement(parent)) this.builder.frame(parent, described);
      return;
    }
    const next = this.mirror.node(nextId);
    if (nextId !== null && !next) throw new OutOfStep(`no node ${nextId} to add before`);
    const known = this.mirror.node(described.id);
    if (known && dom.parentOf(known)) dom.remove(dom.parentOf(known) as Node, known);
    const built = this.builder.node(described);
    const place = described.isShadow && dom.isElement(parent) ? dom.openShadow(parent) : parent;
    if (place === document && !dom.isElement(built)) return;
    if (place === document) this.replaceRoot(built);
    else dom.insert(place, built, next && dom.parentOf(next) === place ? next : null);
    if (described.type === NodeType.Text) this.written(built);
  }

  private replaceRoot(root: Node): void {
    for (const child of dom.childrenOf(document)) {
      if (dom.isElement(child)) dom.remove(document, child);
    }
    dom.insert(document, root);
    this.addOwnStyle();
  }

  private write(text: Node, value: string): void {
    dom.setText(text, value);
    this.written(text);
  }

  private written(text: Node): void {
    const style = styles.sheetHolder(dom.parentOf(text));
    if (style) this.later.styles.add(style);
    else markParent(text);
  }

  private dress(element: Element, changed: Record<string, unknown>): void {
    const tag = dom.tagOf(element).toLowerCase();
    for (const [name, value] of Object.entries(changed)) {
      if (name === "style" && typeof value === "object" && value !== null) {
        setStyle(element, value as StyleChange);
      } else if (name === "_cssText" && element instanceof HTMLStyleElement) {
        dom.setText(element, styles.piecesOf(String(value), 1).join(""));
        this.later.styles.add(element);
      } else {
        this.builder.set(element, tag, name, value);
      }
    }
  }

  // ---- what the customer does -------------------------------------------------------------------

  /** `at` is 0, 0 for what a script pressed: there was no hand. */
  private mouse(at: { x: number; y: number; id: number }, kind: "move" | "press" | "touch"): void {
    if (kind !== "move" && at.x === 0 && at.y === 0) return;
    if (kind === "touch" && !this.isTouch) this.isTouch = true;
    else if (kind !== "touch") styles.hover(this.mirror.node(at.id));
    this.tell({ t: "customer", x: at.x, y: at.y, kind });
  }

  private scroll(id: number, x: number, y: number): void {
    const target = this.mirror.node(id);
    if (target === document) scrollWindow(x, y);
    else if (dom.isElement(target)) dom.scrollElement(target, x, y);
    else if (target instanceof ShadowRoot) dom.scrollElement(target.host, x, y);
  }

  private input(id: number, text: string, isChecked: boolean): void {
    const target = this.mirror.node(id);
    if (target instanceof HTMLInputElement) target.checked = isChecked;
    if (isField(target)) {
      target.value = text;
      markMasked(target, text);
    } else if (target instanceof HTMLSelectElement) target.value = text;
  }

  // ---- styles -----------------------------------------------------------------------------------

  private sheet(id: number | undefined, styleId: number | undefined): CSSStyleSheet | null {
    if (styleId) return this.sheets.get(styleId) ?? null;
    const node = this.mirror.node(id);
    return node instanceof HTMLStyleElement || node instanceof HTMLLinkElement ? node.sheet : null;
  }

  private adopt(data: {
    id: number;
    styleIds: number[];
    styles?: { styleId: number; rules: { rule: string; index?: number | number[] }[] }[];
  }): void {
    const host = styles.adopterOf(this.mirror.node(data.id));
    if (!host) return;
    for (const { styleId, rules } of data.styles ?? []) {
      const sheet = new CSSStyleSheet();
      styles.changeRules(sheet, rules, []);
      this.sheets.set(styleId, sheet);
    }
    const sheets = data.styleIds.map((styleId) => this.sheets.get(styleId));
    dom.adoptSheets(
      host,
      sheets.filter((sheet) => sheet !== undefined),
    );
  }

  /** Does what had to wait until the nodes stood in the page. */
  private settle(): void {
    for (const style of this.later.styles) styles.widenHover(style.sheet);
    this.later.styles.clear();
    for (const dialog of this.later.dialogs) {
      if (!dialog.isConnected || dialog.matches(":modal")) continue;
      dialog.close();
      dialog.showModal();
    }
    this.later.dialogs.clear();
    for (const [element, left, top] of this.later.scrolls) {
      if (left >= 0) element.scrollLeft = left;
      if (top >= 0) element.scrollTop = top;
    }
    this.later.scrolls.length = 0;
  }
}

type StyleChange = Record<string, string | false | [string, string]>;

function setStyle(element: Element, change: StyleChange): void {
  const style =
    element instanceof HTMLElement
      ? dom.styleOf(element)
      : element instanceof SVGElement
        ? dom.svgStyleOf(element)
        : null;
  for (const [name, value] of Object.entries(change)) {
    if (value === false) style?.removeProperty(name);
    else if (Array.isArray(value)) style?.setProperty(name, value[0], value[1]);
    else style?.setProperty(name, value);
  }
}

function scrollWindow(left: number, top: number): void {
  window.scrollTo({ left, top, behavior: "instant" });
}
