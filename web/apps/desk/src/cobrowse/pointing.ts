import { type Signal, signal } from "@preact/signals";
import type { Pointed } from "@stoa/cobrowse/replica";
import { sendSignal } from "../app/live.ts";
import type { Watch } from "./watch.ts";

export type Tool = "point" | "mark" | "draw" | "act";
export type Place = readonly [number, number];

/** Thirty times a second is smooth, and what a slow line still carries. */
const POINT_MS = 33;
const STROKE_MS = 60;
/** As long as a stroke is seen, here and on the customer's screen. */
export const STROKE_LASTS_MS = 4_000;

/** As long as the ring is on the customer's screen. */
const MARK_LASTS_MS = 6_000;

export interface Stroke {
  readonly id: number;
  /** In pixels of the document, as the customer's page has them. */
  readonly points: readonly Place[];
}

/** What the agent shows the customer on their page. */
export class Pointer {
  readonly tool: Signal<Tool> = signal("point");
  readonly under: Signal<Pointed | null> = signal(null);
  readonly marked: Signal<Pointed | null> = signal(null);
  readonly strokes: Signal<readonly Stroke[]> = signal([]);
  private readonly watch: Watch;
  private at: Place | null = null;
  private timer = 0;
  private saidAt = 0;
  private isAsking = false;
  private stroke: Place[] = [];
  private strokeTimer = 0;
  private markTimer = 0;
  private strokeNumber = 0;

  constructor(watch: Watch) {
    this.watch = watch;
  }

  choose(tool: Tool): void {
    this.tool.value = tool;
  }

  /** The agent's mouse is at this place of the customer's window. */
  move(x: number, y: number): void {
    this.at = [x, y];
    if (this.timer) return;
    const wait = Math.max(0, this.saidAt + POINT_MS - performance.now());
    if (wait === 0) this.say();
    else {
      this.timer = window.setTimeout(() => {
        this.timer = 0;
        this.say();
      }, wait);
    }
  }

  private say(): void {
    if (!this.at || !this.watch.isActive.peek()) return;
    const [x, y] = this.at;
    const view = this.watch.view.peek();
    this.saidAt = performance.now();
    // The place travels at once; what is under it follows when the replica has found it.
    this.send({ kind: "pointer", x: x + view.x, y: y + view.y, node: this.under.peek()?.node });
    void this.find();
  }

  /** What is under the mouse is asked one place at a time, until where it rests is known. */
  private async find(): Promise<void> {
    if (this.isAsking) return;
    this.isAsking = true;
    for (let asked: Place | null = null; this.at && this.at !== asked; ) {
      asked = this.at;
      const pointed = await this.watch.link.point(...asked);
      if (pointed && this.at) this.under.value = pointed;
    }
    this.isAsking = false;
  }

  leave(): void {
    this.at = null;
    this.under.value = null;
    clearTimeout(this.timer);
    this.timer = 0;
    // A mark or a stroke goes by itself; the hand alone goes at once.
    if (!this.marked.peek() && this.strokes.peek().length === 0) this.send({ kind: "clear" });
  }

  /** Points at an element without a mouse. */
  pointAt(pointed: Pointed): void {
    this.at = null;
    this.under.value = pointed;
    this.send({ kind: "pointer", x: pointed.x, y: pointed.y, node: pointed.node });
  }

  mark(pointed: Pointed | null): void {
    clearTimeout(this.markTimer);
    this.marked.value = pointed?.node == null ? null : pointed;
    this.watch.track(this.marked.value);
    this.markTimer = window.setTimeout(() => {
      this.marked.value = null;
      this.watch.track(null);
    }, MARK_LASTS_MS);
    if (pointed?.node == null) return this.send({ kind: "clear" });
    this.send({ kind: "highlight", x: pointed.x, y: pointed.y, node: pointed.node });
  }

  clear(): void {
    this.mark(null);
    this.strokes.value = [];
  }

  // ---- drawing ----------------------------------------------------------------------------------

  beginStroke(x: number, y: number): void {
    this.stroke = [];
    this.strokeNumber += 1;
    this.extendStroke(x, y);
  }

  extendStroke(x: number, y: number): void {
    const view = this.watch.view.peek();
    this.stroke.push([x + view.x, y + view.y]);
    this.show();
    if (!this.strokeTimer) {
      this.strokeTimer = window.setTimeout(() => {
        this.strokeTimer = 0;
        this.flush();
      }, STROKE_MS);
    }
  }

  endStroke(): void {
    clearTimeout(this.strokeTimer);
    this.strokeTimer = 0;
    this.flush();
    this.stroke = [];
    const id = this.strokeNumber;
    setTimeout(() => {
      this.strokes.value = this.strokes.peek().filter((stroke) => stroke.id !== id);
    }, STROKE_LASTS_MS);
  }

  private show(): void {
    const others = this.strokes.peek().filter(({ id }) => id !== this.strokeNumber);
    this.strokes.value = [...others, { id: this.strokeNumber, points: [...this.stroke] }];
  }

  /** Sends what was drawn since; the last point begins the next piece, so that there is no gap. */
  private flush(): void {
    if (this.stroke.length < 2) return;
    const points = this.stroke.slice(-500).map(([x, y]): [number, number] => [x, y]);
    this.send({ kind: "stroke", points });
    this.stroke = this.stroke.slice(-1);
    this.strokeNumber += 1;
    const piece = this.strokeNumber - 1;
    setTimeout(() => {
      this.strokes.value = this.strokes.peek().filter(({ id }) => id !== piece);
    }, STROKE_LASTS_MS);
  }

  private send(what: {
    kind: "pointer" | "highlight" | "stroke" | "clear";
    x?: number;
    y?: number;
    node?: number | null | undefined;
    points?: [number, number][];
  }): void {
    const session = this.watch.session.peek();
    if (!session || !this.watch.isActive.peek()) return;
    sendSignal("cobrowse.point", {
      session_id: session.id,
      stream: this.watch.stream,
      ...what,
      node: what.node ?? null,
    });
  }
}
