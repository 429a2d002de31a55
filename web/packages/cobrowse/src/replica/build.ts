import {
  NodeType,
  type serializedElementNodeWithId,
  type serializedNodeWithId,
} from "@rrweb/types";
import { attributeFor, drawingOf } from "./allowed.ts";
import { markMasked, markParent } from "./masked.ts";
import type { Mirror } from "./mirror.ts";
import type { Sprites } from "./sprites.ts";
import { piecesOf } from "./styles.ts";
import * as dom from "./untainted.ts";

type Value = string | number | true | null | undefined;

/** What has to wait until a node stands in the page. */
export interface Later {
  readonly styles: Set<HTMLStyleElement>;
  readonly scrolls: [Element, number, number][];
  readonly dialogs: Set<HTMLDialogElement>;
}

export const nothingLater = (): Later => ({ styles: new Set(), scrolls: [], dialogs: new Set() });

/** Builds nodes of the recorder's descriptions. Nothing but `allowed.ts` decides what they become. */
export class Builder {
  private readonly mirror: Mirror;
  private readonly later: Later;
  private readonly sprites: Sprites;

  constructor(mirror: Mirror, later: Later, sprites: Sprites) {
    this.mirror = mirror;
    this.later = later;
    this.sprites = sprites;
  }

  /** Returns the node with all that is in it; the mirror knows them. */
  node(described: serializedNodeWithId): Node {
    const built = this.one(described);
    this.mirror.add(described.id, built);
    if (described.type === NodeType.Element) this.fill(built as Element, described);
    return built;
  }

  private one(described: serializedNodeWithId): Node {
    switch (described.type) {
      case NodeType.Element:
        return this.element(described);
      case NodeType.Text:
        return dom.makeText(described.textContent);
      default:
        // Comments say nothing to the agent, and a kind of document is not theirs to choose.
        return dom.makeComment("");
    }
  }

  private element(described: serializedElementNodeWithId): Element {
    const { tagName, attributes } = described;
    const drawing = drawingOf(tagName, described.isSVG === true, attributes);
    switch (drawing.as) {
      case "nothing": {
        const hidden = dom.make("stoa-nothing");
        hidden.hidden = true;
        return hidden;
      }
      case "style":
        return this.style(described, String(attributes._cssText ?? ""));
      case "frame": {
        const frame = dom.make("stoa-frame");
        this.dress(frame, "iframe", attributes);
        dom.setOn(frame, "data-stoa-empty", "");
        return frame;
      }
      case "element": {
        const { tag } = drawing;
        if (tag === "style" && typeof attributes._cssText === "string") {
          return this.style(described, attributes._cssText);
        }
        const element = described.isSVG ? dom.makeSvg(tag) : this.html(tag, described.isCustom);
        this.dress(element, tag, attributes);
        if (described.needBlock) dom.setOn(element, "data-stoa-blocked", "");
        if (described.isShadowHost) dom.openShadow(element);
        return element;
      }
    }
  }

  /** An element that the page defined looks defined (`:defined`); it does nothing here. */
  private html(tag: string, isCustom: true | undefined): HTMLElement {
    if (isCustom && tag.includes("-") && !customElements.get(tag)) {
      try {
        customElements.define(tag, class extends HTMLElement {});
      } catch (error) {
        if (!(error instanceof DOMException)) throw error;
      }
    }
    return dom.make(tag);
  }

  private style(described: serializedElementNodeWithId, cssText: string): HTMLStyleElement {
    const style = dom.make("style");
    const media = described.attributes.media;
    if (typeof media === "string") dom.setOn(style, "media", media);
    const texts = described.childNodes.filter(({ type }) => type === NodeType.Text);
    const pieces = piecesOf(cssText, texts.length);
    for (let index = 0; index < Math.max(1, texts.length); index++) {
      const text = dom.makeText(pieces[index] ?? "");
      const id = texts[index]?.id;
      if (id !== undefined) this.mirror.add(id, text);
      dom.insert(style, text);
    }
    this.later.styles.add(style);
    return style;
  }

  private fill(built: Element, described: serializedElementNodeWithId): void {
    if (built instanceof HTMLStyleElement && described.attributes._cssText !== undefined) return;
    for (const child of described.childNodes) {
      const parent = child.isShadow ? dom.openShadow(built) : built;
      const node = this.node(child);
      dom.insert(parent, node);
      if (child.type === NodeType.Text) markParent(node);
    }
    if (built instanceof HTMLStyleElement) this.later.styles.add(built);
  }

  /** Puts a whole document (of a frame) into its box. */
  frame(host: Element, described: serializedNodeWithId): void {
    if (described.type !== NodeType.Document) return;
    const root = dom.openShadow(host);
    for (const child of dom.childrenOf(root)) {
      this.mirror.forget(child);
      dom.remove(root, child);
    }
    dom.dropFrom(host, "data-stoa-empty");
    this.mirror.add(described.id, root);
    for (const child of described.childNodes) dom.insert(root, this.node(child));
  }

  private dress(element: Element, tag: string, attributes: Record<string, unknown>): void {
    for (const [name, value] of Object.entries(attributes)) this.set(element, tag, name, value);
    if (element instanceof HTMLMediaElement) element.muted = true;
  }

  /** Gives an element an attribute, as far as it is allowed to have it; null takes it away. */
  set(element: Element, tag: string, name: string, value: unknown): void {
    if (name.startsWith("rr_")) return this.special(element, name, value as Value);
    if (value === null || value === undefined || value === false) {
      dom.dropFrom(element, name);
      return setProperty(element, name, null);
    }
    const text = value === true ? "" : String(value);
    const allowed = attributeFor(tag, name, text);
    if (allowed === null) return;
    if (tag === "use" && /href$/.test(name) && /^[^#]+#/.test(allowed)) {
      return this.sprites.use(element, allowed);
    }
    dom.setOn(element, name, allowed);
    setProperty(element, name, allowed);
    if (tag === "iframe" && (name === "width" || name === "height") && /^\d+%?$/.test(text)) {
      dom.styleOf(element as HTMLElement).setProperty(name, text.replace(/\d$/, "$&px"));
    }
  }

  private special(element: Element, name: string, value: Value): void {
    if ((name === "rr_width" || name === "rr_height") && element instanceof HTMLElement) {
      dom.styleOf(element).setProperty(name.slice(3), String(value), "important");
      dom.setOn(element, "data-stoa-blocked", "");
    } else if (name === "rr_scrollLeft") this.later.scrolls.push([element, Number(value), -1]);
    else if (name === "rr_scrollTop") this.later.scrolls.push([element, -1, Number(value)]);
    else if (name === "rr_open_mode" && element instanceof HTMLDialogElement) {
      if (value === "modal") this.later.dialogs.add(element);
    } else if (name === "rr_dataURL" && /^data:image\//i.test(String(value))) {
      this.picture(element, String(value));
    }
  }

  private picture(element: Element, address: string): void {
    if (element instanceof HTMLImageElement) {
      dom.dropFrom(element, "srcset");
      dom.setOn(element, "src", address);
    } else if (element instanceof HTMLCanvasElement) {
      const image = new Image();
      image.onload = () => element.getContext("2d")?.drawImage(image, 0, 0);
      image.src = address;
    }
  }
}

/** Fields show their property, which the attribute sets only at first. */
function setProperty(element: Element, name: string, value: string | null): void {
  if (name === "value" && (isField(element) || element instanceof HTMLSelectElement)) {
    element.value = value ?? "";
    if (isField(element)) markMasked(element, value ?? "");
  } else if (name === "checked" && element instanceof HTMLInputElement) {
    element.checked = value !== null;
  } else if (name === "selected" && element instanceof HTMLOptionElement) {
    element.selected = value !== null;
  }
}

export const isField = (node: Node | null): node is HTMLInputElement | HTMLTextAreaElement =>
  node instanceof HTMLInputElement || node instanceof HTMLTextAreaElement;
