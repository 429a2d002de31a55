/* The agent's hand over the page: a named pointer, a ring around an element, strokes that fade. */

import type { PointSignal } from "@stoa/protocol";
import { elementOf } from "./recorder.ts";

const SVG = "http://www.w3.org/2000/svg";
const IDLE_MS = 6_000;
const RING_MS = 6_000;
const ACT_MS = 1_800;
const STROKE_MS = 4_000;
const FADE_MS = 1_000;
const ARROW = "M2 1 L2 17 L6.5 13 L9.5 20 L12.5 18.7 L9.5 12 L15.5 12 Z";
const { createElement, createElementNS } = Document.prototype;

function box(className: string): HTMLElement {
  const element = createElement.call(document, "div");
  element.className = className;
  return element;
}

function drawn(name: string, attributes: Record<string, string>): SVGElement {
  const element = createElementNS.call(document, SVG, name) as SVGElement;
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  return element;
}

export class Hand {
  private readonly cursor = box("cursor");
  private readonly name = createElement.call(document, "span");
  private readonly strokes = drawn("svg", { class: "strokes", "aria-hidden": "true" });
  private readonly sheet = drawn("g", {});
  private readonly root: ShadowRoot;
  private readonly ended = new AbortController();
  private at = { x: 0, y: 0 };
  private idle = 0;
  private marked: HTMLElement | undefined;
  private frame = 0;

  constructor(root: ShadowRoot) {
    this.root = root;
    const arrow = drawn("svg", { width: "18", height: "22", viewBox: "0 0 18 22" });
    arrow.append(
      drawn("path", { d: ARROW, fill: "currentColor", stroke: "#fff", "stroke-width": "1.5" }),
    );
    this.cursor.append(arrow, this.name);
    this.cursor.hidden = true;
    this.cursor.setAttribute("aria-hidden", "true");
    this.strokes.append(this.sheet);
    root.append(this.strokes, this.cursor);
    const { signal } = this.ended;
    window.addEventListener("scroll", () => this.follow(), {
      signal,
      passive: true,
      capture: true,
    });
    window.addEventListener("resize", () => this.follow(), { signal, passive: true });
  }

  /** The agent points, marks an element or draws; places are those of the document. */
  point(point: PointSignal, stream: string): void {
    if (point.kind === "clear") this.clear();
    else if (point.kind === "stroke") this.draw(point.points ?? []);
    else if (point.kind === "pointer") this.move(point.x ?? 0, point.y ?? 0, point.staff_name);
    else if (typeof point.node === "number" && (!point.stream || point.stream === stream)) {
      const element = elementOf(point.node);
      if (element) this.ring(element, point.staff_name, false);
    }
  }

  /** Nothing of it is on the page, until it points again. */
  clear(): void {
    this.cursor.hidden = true;
    this.sheet.replaceChildren();
    this.marked?.remove();
  }

  private move(x: number, y: number, name: string) {
    this.at = { x, y };
    this.name.textContent = name;
    this.cursor.hidden = false;
    this.cursor.style.opacity = "1";
    this.follow();
    clearTimeout(this.idle);
    this.idle = window.setTimeout(() => {
      this.cursor.style.opacity = "0";
    }, IDLE_MS);
  }

  private follow() {
    // Every scroll of the page comes by here; without a hand there is nothing to move.
    if (this.cursor.hidden && !this.sheet.hasChildNodes()) return;
    const x = this.at.x - window.scrollX;
    const y = this.at.y - window.scrollY;
    this.cursor.style.transform = `translate(${x}px, ${y}px)`;
    this.sheet.setAttribute("transform", `translate(${-window.scrollX} ${-window.scrollY})`);
  }

  private draw(points: readonly (readonly [number, number])[]) {
    if (!points.length) return;
    const path = points.length > 1 ? points : [...points, ...points];
    const line = drawn("polyline", { points: path.map((one) => one.join(",")).join(" ") });
    this.sheet.append(line);
    this.follow();
    setTimeout(() => line.classList.add("fades"), STROKE_MS);
    setTimeout(() => line.remove(), STROKE_MS + FADE_MS);
  }

  /** The element has a ring around it for a while, with words on it. */
  ring(target: Element, words: string, isAct: boolean): void {
    this.marked?.remove();
    const ring = box(`ring${isAct ? " acts" : ""}`);
    const label = box("label");
    label.textContent = words;
    ring.append(label);
    ring.setAttribute("aria-hidden", "true");
    this.root.append(ring);
    this.marked = ring;
    const until = performance.now() + (isAct ? ACT_MS : RING_MS);
    const place = () => {
      if (performance.now() > until || !target.isConnected || !ring.isConnected) {
        ring.remove();
        return;
      }
      const { left, top, width, height } = target.getBoundingClientRect();
      ring.style.cssText = `left:${left - 6}px;top:${top - 6}px;width:${width + 12}px;height:${height + 12}px`;
      ring.classList.toggle("under", top < 44);
      this.frame = requestAnimationFrame(place);
    };
    place();
  }

  remove(): void {
    this.ended.abort();
    clearTimeout(this.idle);
    cancelAnimationFrame(this.frame);
  }
}
