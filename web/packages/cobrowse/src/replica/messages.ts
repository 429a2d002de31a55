/* What the desk and the replica's document say to one another, over one port. Each side reads what
 * the other says as a stranger's: the replica is drawn from what a customer's page sent. */

import type { Part } from "../wire.ts";

export type ToReplica =
  | { readonly t: "part"; readonly part: Part }
  /** What is at this place of the window? The answer carries the same id. */
  | { readonly t: "point"; readonly id: number; readonly x: number; readonly y: number }
  /** The element whose box is told whenever it moves; null: none. */
  | { readonly t: "track"; readonly node: number | null }
  /** A file of drawings that was asked for. */
  | { readonly t: "sprite"; readonly url: string; readonly symbols: readonly Drawn[] }
  /** The element after (or before) this one that can be clicked or filled. */
  | {
      readonly t: "step";
      readonly id: number;
      readonly from: number | null;
      readonly back: boolean;
    };

/** A drawing, described: an element of SVG with what is in it. */
export interface Drawn {
  readonly tag: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly children: readonly Drawn[];
}

/** In pixels of the customer's window. */
export interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

export interface Pointed {
  readonly t: "pointed";
  readonly id: number;
  /** The place in the document. */
  readonly x: number;
  readonly y: number;
  readonly node: number | null;
  readonly box: Box | null;
  readonly label: string;
  readonly can: "nothing" | "click" | "fill";
  readonly isMasked: boolean;
}

export type FromReplica =
  | { readonly t: "ready" }
  | { readonly t: "current"; readonly stream: string; readonly batch: number; readonly at: number }
  | { readonly t: "lost"; readonly reason: "gap" | "broken" }
  | {
      readonly t: "size";
      readonly width: number;
      readonly height: number;
      readonly isTouch: boolean;
    }
  | {
      readonly t: "view";
      readonly x: number;
      readonly y: number;
      readonly width: number;
      readonly height: number;
    }
  | {
      readonly t: "customer";
      readonly x: number;
      readonly y: number;
      readonly kind: "move" | "press" | "touch";
    }
  | Pointed
  | { readonly t: "box"; readonly node: number; readonly box: Box | null }
  | { readonly t: "quirks"; readonly is: boolean }
  /** A file that drawings are taken from. */
  | { readonly t: "sprite"; readonly url: string };

const PIXELS = 1_000_000;
const LABEL_MAX = 120;

type Said = Record<string, unknown>;

const asNumber = (value: unknown, max = PIXELS): number | null =>
  typeof value === "number" && Number.isFinite(value) && Math.abs(value) <= max ? value : null;
const asCount = (value: unknown, max = Number.MAX_SAFE_INTEGER): number | null =>
  Number.isSafeInteger(value) && (value as number) >= 0 && (value as number) <= max
    ? (value as number)
    : null;
const asOne = <const Word extends string>(value: unknown, words: readonly Word[]): Word | null =>
  words.find((word) => word === value) ?? null;
const asText = (value: unknown, max: number): string | null =>
  typeof value === "string" ? value.slice(0, max) : null;

/** Returns the values if none of them is null. */
function all<Values extends Record<string, unknown>>(
  values: Values,
): { [Key in keyof Values]: NonNullable<Values[Key]> } | null {
  return Object.values(values).some((value) => value === null)
    ? null
    : (values as { [Key in keyof Values]: NonNullable<Values[Key]> });
}

function readBox(value: unknown): Box | null {
  if (typeof value !== "object" || value === null) return null;
  const { x, y, width, height } = value as Said;
  return all({ x: asNumber(x), y: asNumber(y), width: asNumber(width), height: asNumber(height) });
}

function readPointed(said: Said): Pointed | null {
  const known = all({
    id: asCount(said.id),
    x: asNumber(said.x),
    y: asNumber(said.y),
    label: asText(said.label, LABEL_MAX),
    can: asOne(said.can, ["nothing", "click", "fill"]),
  });
  const node = asCount(said.node);
  const isMasked = said.isMasked === true;
  return known && { t: "pointed", ...known, node, box: readBox(said.box), isMasked };
}

/** Returns what the replica says, or null: it is not something it may say. */
export function readFromReplica(data: unknown): FromReplica | null {
  if (typeof data !== "object" || data === null) return null;
  const said = data as Said;
  switch (said.t) {
    case "ready":
      return { t: "ready" };
    case "quirks":
      return { t: "quirks", is: said.is === true };
    case "sprite": {
      const url = asText(said.url, 2_000);
      return url ? { t: "sprite", url } : null;
    }
    case "current": {
      const stream = asText(said.stream, 16);
      const known = all({ stream, batch: asCount(said.batch), at: asCount(said.at) });
      return known && { t: "current", ...known };
    }
    case "lost": {
      const reason = asOne(said.reason, ["gap", "broken"]);
      return reason && { t: "lost", reason };
    }
    case "size": {
      const known = all({
        width: asCount(said.width, 100_000),
        height: asCount(said.height, 100_000),
      });
      return known && { t: "size", ...known, isTouch: said.isTouch === true };
    }
    case "view": {
      const box = readBox(said);
      return box && { t: "view", ...box };
    }
    case "customer": {
      const kind = asOne(said.kind, ["move", "press", "touch"]);
      const known = all({ x: asNumber(said.x), y: asNumber(said.y), kind });
      return known && { t: "customer", ...known };
    }
    case "pointed":
      return readPointed(said);
    case "box": {
      const node = asCount(said.node);
      return node === null ? null : { t: "box", node, box: readBox(said.box) };
    }
    default:
      return null;
  }
}

function readPart(value: unknown): Part | null {
  if (typeof value !== "object" || value === null) return null;
  const part = value as Said;
  const known = all({
    stream: asText(part.stream, 16),
    batch: asCount(part.batch),
    part: asCount(part.part, 1_000),
    parts: asCount(part.parts, 1_000),
    data: asText(part.data, 10_000),
  });
  return known && { ...known, keyframe: part.keyframe === true };
}

const DEPTH = 12;
const CHILDREN = 2_000;

function readDrawn(value: unknown, depth = 0): Drawn | null {
  if (typeof value !== "object" || value === null || depth > DEPTH) return null;
  const { tag, attributes, children } = value as Said;
  if (typeof tag !== "string" || typeof attributes !== "object" || attributes === null) return null;
  const texts = Object.entries(attributes).filter(([, text]) => typeof text === "string");
  const inner = Array.isArray(children) ? children.slice(0, CHILDREN) : [];
  return {
    tag,
    attributes: Object.fromEntries(texts) as Record<string, string>,
    children: inner.map((child) => readDrawn(child, depth + 1)).filter((child) => child !== null),
  };
}

/** Returns what the desk says, or null: it is not something a desk says. */
export function readFromDesk(data: unknown): ToReplica | null {
  if (typeof data !== "object" || data === null) return null;
  const said = data as Said;
  switch (said.t) {
    case "part": {
      const part = readPart(said.part);
      return part && { t: "part", part };
    }
    case "point": {
      const known = all({ id: asCount(said.id), x: asNumber(said.x), y: asNumber(said.y) });
      return known && { t: "point", ...known };
    }
    case "sprite": {
      const url = asText(said.url, 2_000);
      const all = readDrawn({ tag: "svg", attributes: {}, children: said.symbols });
      return url && all ? { t: "sprite", url, symbols: all.children } : null;
    }
    case "track":
      return { t: "track", node: asCount(said.node) };
    case "step": {
      const id = asCount(said.id);
      return id === null
        ? null
        : { t: "step", id, from: asCount(said.from), back: said.back === true };
    }
    default:
      return null;
  }
}
