/* One recorder is one stream: from a keyframe on, what happens on this page, in batches. */

import { record } from "@rrweb/record";
import type { eventWithTime } from "@rrweb/types";
import { Cleaner } from "./clean.ts";
import type { PaymentWatch } from "./payment.ts";
import type { Privacy } from "./privacy.ts";

const META = 4;
/** What happens within so much goes together; where the customer is and points can wait longer. */
const BATCH_MS = 60;
const MOVES_MS = 140;
const CHANGE = 3;
const MOVES = new Set([1, 3, 6, 12]); // rrweb's IncrementalSource: mouse, scroll, touch, drag
/** So many batches are under way before more is gathered instead. */
const MOST_UNDER_WAY = 2;
/** More than this has gathered: the page from the beginning says the same in less. */
const MOST_EVENTS = 3_000;

/** A keyframe that began so shortly ago is the one that is asked for. */
const FRESH_MS = 1_000;

export interface Sink {
  /** Whether what was gathered may leave at this moment; when not, it never does. */
  mayLeave(): boolean;
  batch(batch: number, keyframe: boolean, events: readonly eventWithTime[]): void;
}

export class Recorder {
  readonly stream = Math.random().toString(36).slice(2, 12);
  private readonly sink: Sink;
  private readonly cleaner: Cleaner;
  private readonly halt: (() => void) | undefined;
  private events: eventWithTime[] = [];
  private isKeyframe = false;
  private batches = 0;
  private underWay = 0;
  private timer = 0;
  private flushAt = 0;
  private sentAt = 0;
  private beganAt = 0;
  private isOver = false;

  constructor(privacy: Privacy, payment: PaymentWatch, sink: Sink) {
    this.sink = sink;
    this.cleaner = new Cleaner(privacy, record.mirror, payment.see);
    this.halt = record({
      emit: (event) => this.take(event as eventWithTime),
      blockSelector: privacy.blocked,
      // The first of two nets; what may be told is decided by the cleaner.
      maskAllInputs: true,
      maskInputFn: (text, element) => privacy.value(text, element),
      slimDOMOptions: "all",
      recordAfter: "DOMContentLoaded",
      sampling: { mousemove: 80, mousemoveCallback: 160, scroll: 100, media: 800 },
      errorHandler: () => true,
    });
  }

  /** The page from the beginning comes next; what has gathered is void. */
  keyframe(): void {
    const isFresh = performance.now() - this.beganAt < FRESH_MS;
    if (!this.isOver && !isFresh) record.takeFullSnapshot(true);
  }

  /** A batch has left. */
  sent(): void {
    this.underWay = Math.max(0, this.underWay - 1);
    if (this.events.length) this.flushWithin(BATCH_MS);
  }

  /** Nothing is recorded any more, and what has not left never does. */
  stop(): void {
    this.isOver = true;
    clearTimeout(this.timer);
    this.events = [];
    this.halt?.();
  }

  private take(event: eventWithTime) {
    if (this.isOver) return;
    const told = this.cleaner.clean(event);
    if (!told) return;
    if (told.type === META) {
      this.events = [];
      this.isKeyframe = true;
      this.beganAt = performance.now();
    }
    this.events.push(told);
    if (this.events.length > MOST_EVENTS) return this.keyframe();
    const isMove = told.type === CHANGE && MOVES.has((told.data as { source: number }).source);
    this.flushWithin(isMove ? MOVES_MS : BATCH_MS);
  }

  private flushWithin(pause: number) {
    if (this.underWay >= MOST_UNDER_WAY) return;
    const now = performance.now();
    const at = Math.max(now + 8, this.sentAt + pause);
    if (this.timer && this.flushAt <= at) return;
    clearTimeout(this.timer);
    this.flushAt = at;
    this.timer = window.setTimeout(this.flush, at - now);
  }

  private readonly flush = () => {
    this.timer = 0;
    if (this.isOver || !this.events.length) return;
    if (!this.sink.mayLeave()) {
      // The sink has stopped us, or is about to.
      this.events = [];
      return;
    }
    const { events, isKeyframe } = this;
    this.events = [];
    this.isKeyframe = false;
    this.sentAt = performance.now();
    this.underWay += 1;
    this.sink.batch(this.batches, isKeyframe, events);
    this.batches += 1;
  };
}

/** The element of rrweb's number, if it is still on the page. */
export function elementOf(id: number): Element | null {
  const node = record.mirror.getNode(id);
  return node?.nodeType === Node.ELEMENT_NODE && node.isConnected ? (node as Element) : null;
}
