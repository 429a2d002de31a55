/* The last look at everything the recorder saw, before it leaves the page. rrweb has left out blocked
   elements; here text, values, addresses and attributes become what may be told, and what would count
   somebody's keystrokes is dropped. */

import type { eventWithTime, serializedNodeWithId } from "@rrweb/types";
import { isTextEntry, type Privacy } from "./privacy.ts";
import { isState, MASK, safeAddress, safeSource, scrub } from "./values.ts";

/* rrweb's numbers (EventType, IncrementalSource, NodeType in @rrweb/types). */
const FULL = 2;
const CHANGE = 3;
const META = 4;
const MUTATION = 0;
const POSITIONS = new Set([1, 6, 12]);
const SCROLL = 3;
const INPUT = 5;
const PASSED = new Set([2, 4, 7, 8, 13, 15, 16]); // clicks, sizes, media and styles
const ELEMENT = 2;
const TEXT = 3;
const CDATA_AND_COMMENT = new Set([4, 5]);

type Attributes = Record<string, unknown>;
type Change = Record<string, unknown>;

interface Mirror {
  getNode(id: number): Node | null;
}

const DROPPED = /^(?:on|srcdoc$|nonce$|integrity$|ping$|http-equiv$|srcobject$)/;
/** Of a field nothing else is told: some say how much was typed (`rows`, `style`). */
const OF_A_FIELD = new Set(
  (
    "id class name type disabled readonly required checked multiple min max step for role list " +
    "placeholder autocomplete inputmode hidden dir lang tabindex title aria-label aria-invalid " +
    "aria-describedby aria-labelledby aria-expanded aria-controls aria-required aria-disabled " +
    "rr_width rr_height"
  ).split(" "),
);
const WORDS = new Set(
  "title alt placeholder aria-label aria-description aria-valuetext aria-roledescription label abbr summary content".split(
    " ",
  ),
);
const LINKS = new Set(["a", "area", "form", "button", "input"]);
const ADDRESSES = new Set(["href", "action", "formaction", "xlink:href", "cite", "longdesc"]);
const SOURCES = new Set(["src", "poster", "background", "data"]);

export class Cleaner {
  private readonly privacy: Privacy;
  private readonly mirror: Mirror;
  private readonly onElement: (element: Element) => void;
  /* What was told of a node last: the same again would only count keystrokes. */
  private told = new Map<string, string>();

  constructor(privacy: Privacy, mirror: Mirror, onElement: (element: Element) => void) {
    this.privacy = privacy;
    this.mirror = mirror;
    this.onElement = onElement;
  }

  /** The event as it may leave, changed in place; null when nothing of it may. */
  clean(event: eventWithTime): eventWithTime | null {
    const data = event.data as Change;
    if (event.type === META) {
      data.href = safeAddress(String(data.href), location.href);
      return event;
    }
    if (event.type === FULL) {
      this.told.clear();
      this.tree(data.node as serializedNodeWithId);
      return event;
    }
    return event.type === CHANGE && this.change(data) ? event : null;
  }

  private element(id: number): Element | null {
    const node = this.mirror.getNode(id);
    // Elements of a frame are of another window, with an Element of its own.
    return node?.nodeType === Node.ELEMENT_NODE ? (node as Element) : null;
  }

  /* rrweb does not look from a component's inside at what blocks the component. */
  private isBlocked(id: number): boolean {
    const node = this.mirror.getNode(id);
    if (!node) return true;
    const element = node.nodeType === Node.ELEMENT_NODE ? (node as Element) : node.parentElement;
    const inside = element ?? (node.getRootNode() as Partial<ShadowRoot>).host;
    return inside ? this.privacy.isBlocked(inside) : false;
  }

  private change(data: Change): boolean {
    const source = data.source as number;
    if (source === MUTATION) return this.mutation(data);
    if (POSITIONS.has(source)) {
      const positions = (data.positions as { id: number }[]).filter(
        ({ id }) => !this.isBlocked(id),
      );
      data.positions = positions;
      return positions.length > 0;
    }
    if (typeof data.id === "number" && this.isBlocked(data.id)) return false;
    const element = this.element(data.id as number);
    if (source === SCROLL) return !element || !isTextEntry(element);
    if (source === INPUT) return this.input(data, element);
    return PASSED.has(source);
  }

  private input(data: Change, element: Element | null): boolean {
    if (!element) return false;
    const isChoice = element.matches('input[type="checkbox"],input[type="radio"]');
    data.text = isChoice ? "" : this.privacy.value(String(data.text ?? ""), element);
    return this.isNews(`value ${data.id}`, `${data.text} ${data.isChecked}`);
  }

  private isNews(what: string, value: string): boolean {
    if (this.told.get(what) === value) return false;
    this.told.set(what, value);
    return true;
  }

  // ---- the tree ----

  private tree(node: serializedNodeWithId): void {
    const told = node as unknown as Change & { id: number; childNodes?: serializedNodeWithId[] };
    if (told.type === TEXT) {
      told.textContent = this.text(told.id, String(told.textContent ?? ""), told.isStyle === true);
      return;
    }
    if (CDATA_AND_COMMENT.has(told.type as number)) told.textContent = "";
    if (told.type === ELEMENT) {
      const element = this.element(told.id);
      if (element) this.onElement(element);
      told.attributes = this.attributes(
        told.attributes as Attributes,
        String(told.tagName),
        element,
      );
    }
    for (const child of told.childNodes ?? []) this.tree(child);
  }

  private text(id: number, text: string, isStyle: boolean): string {
    const node = this.mirror.getNode(id);
    const parent = node?.parentNode ?? null;
    if (isStyle || parent?.nodeName === "STYLE") return text;
    // Text may lie in a component's root, without an element around it.
    const element = parent instanceof ShadowRoot ? parent.host : (parent as Element | null);
    return this.privacy.words(text, element?.nodeType === Node.ELEMENT_NODE ? element : null);
  }

  private mutation(data: Change): boolean {
    const adds = ((data.adds ?? []) as { parentId: number; node: serializedNodeWithId }[]).filter(
      ({ parentId }) => !this.isBlocked(parentId),
    );
    data.adds = adds;
    for (const { node } of adds) this.tree(node);
    const texts = ((data.texts ?? []) as { id: number; value: string | null }[]).filter(
      ({ id }) => !this.isBlocked(id),
    );
    for (const change of texts) change.value = this.text(change.id, change.value ?? "", false);
    data.texts = texts.filter(({ id, value }) => value !== MASK || this.isNews(`text ${id}`, MASK));
    const changes = ((data.attributes ?? []) as { id: number; attributes: Attributes }[]).filter(
      ({ id }) => !this.isBlocked(id),
    );
    for (const change of changes) {
      const element = this.element(change.id);
      if (element) this.onElement(element);
      const tag = element?.localName ?? "";
      change.attributes = this.attributes(change.attributes, tag, element);
      if ("value" in change.attributes) this.dropStale(change.id, change.attributes);
    }
    data.attributes = changes.filter(({ attributes }) => Object.keys(attributes).length > 0);
    const removes = (data.removes ?? []) as unknown[];
    return [data.texts, data.attributes, adds, removes].some((list) => (list as []).length > 0);
  }

  private dropStale(id: number, attributes: Attributes) {
    if (!this.isNews(`value ${id}`, `${attributes.value} undefined`)) delete attributes.value;
  }

  // ---- attributes ----

  private attributes(given: Attributes, tag: string, element: Element | null): Attributes {
    const kept: Attributes = {};
    const isField = element ? isTextEntry(element) : /^(?:input|textarea|select)$/.test(tag);
    for (const [name, value] of Object.entries(given)) {
      const low = name.toLowerCase();
      if (isField && low !== "value" && !OF_A_FIELD.has(low)) continue;
      const told = this.attribute(low, value, tag, element);
      if (told !== undefined) kept[name] = told;
    }
    return kept;
  }

  private attribute(name: string, value: unknown, tag: string, element: Element | null): unknown {
    if (DROPPED.test(name)) return undefined;
    if (typeof value !== "string" || name === "_csstext" || name.startsWith("rr_")) {
      return name === "rr_src" ? undefined : value;
    }
    if (name === "value") return this.valueOf(value, tag, element);
    if (name.startsWith("data-")) return isState(value) ? value : "";
    if (name === "srcset") return safeSet(value);
    if (SOURCES.has(name)) {
      return tag === "iframe" || tag === "object" || tag === "embed"
        ? undefined
        : safeSource(value, location.href);
    }
    if (ADDRESSES.has(name)) return address(value, tag, element);
    if (tag === "meta") return name === "name" || name === "charset" ? value : undefined;
    const isMasked = WORDS.has(name) && (!element || this.privacy.level(element) === "mask");
    return isMasked && value ? MASK : scrub(value);
  }

  private valueOf(value: string, tag: string, element: Element | null): unknown {
    if (tag === "progress" || tag === "meter" || tag === "li") return value;
    if (tag !== "input" && tag !== "textarea" && tag !== "select") return undefined;
    if (!element) return MASK;
    if (element.matches('input[type="submit"],input[type="button"],input[type="reset"]')) {
      return this.privacy.words(value, element);
    }
    if (!isTextEntry(element)) return undefined;
    // An attribute may hold what the field was born with; what is in it now is told as its input is.
    return this.privacy.value(value, element);
  }
}

function address(value: string, tag: string, element: Element | null): string | undefined {
  if (LINKS.has(tag)) return safeAddress(value, location.href);
  if (tag === "image" || tag === "feimage") return safeSource(value, location.href);
  const isSheet = tag === "link" && element?.getAttribute("rel")?.includes("stylesheet");
  return isSheet || tag === "use" || value.startsWith("#") ? value : undefined;
}

function safeSet(value: string): string {
  return value
    .split(/,\s+/)
    .map((candidate) => {
      const [address = "", ...rest] = candidate.trim().split(/\s+/);
      return [safeSource(address, location.href), ...rest].join(" ");
    })
    .join(", ");
}
