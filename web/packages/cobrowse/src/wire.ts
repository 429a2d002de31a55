/* How the page's events travel, agreed by page and replica: a batch is a JSON array of rrweb events,
   as UTF-8 behind one byte that says how it is packed, in base64, cut into parts that fit a signal. */

import type { FrameInput } from "@stoa/protocol";

/** What page and replica must agree on; the same as `COBROWSE_VERSION` at the server. */
export const COBROWSE_VERSION = 1;
export const PART_CHARS = 6_000;
/** More than this is no page: whoever packed it means harm to the reader. */
export const MAX_UNPACKED_BYTES = 24_000_000;

const PLAIN = 0;
const DEFLATED = 1;
/** Below this, deflating makes it longer or wins nothing. */
const WORTH_DEFLATING = 160;
const CHUNK = 0x6000; // a multiple of three, and few enough arguments for one call

/** What could not be unpacked, and was thrown away. */
export class BadBatch extends Error {}

function toBase64(bytes: Uint8Array): string {
  let text = "";
  for (let start = 0; start < bytes.length; start += CHUNK) {
    text += btoa(String.fromCharCode(...bytes.subarray(start, start + CHUNK)));
  }
  return text;
}

function fromBase64(text: string): Uint8Array {
  try {
    return Uint8Array.from(atob(text), (char) => char.charCodeAt(0));
  } catch (cause) {
    throw new BadBatch("not base64", { cause });
  }
}

function deflater(): CompressionStream | undefined {
  try {
    return new CompressionStream("deflate-raw");
  } catch {
    return undefined; // before Safari 16.4 and Firefox 113: it travels as it is
  }
}

async function through(
  bytes: Uint8Array,
  stream: CompressionStream | DecompressionStream,
  limit: number,
): Promise<Uint8Array> {
  const writer = stream.writable.getWriter();
  // What goes wrong is seen by the reader below.
  writer.write(bytes as Uint8Array<ArrayBuffer>).catch(() => undefined);
  writer.close().catch(() => undefined);
  const reader = stream.readable.getReader();
  const pieces: Uint8Array[] = [];
  let size = 0;
  for (;;) {
    const { done, value } = await reader.read();
    if (done) break;
    size += value.length;
    if (size > limit) {
      reader.cancel().catch(() => undefined);
      throw new BadBatch("too long");
    }
    pieces.push(value);
  }
  const whole = new Uint8Array(size);
  let at = 0;
  for (const piece of pieces) {
    whole.set(piece, at);
    at += piece.length;
  }
  return whole;
}

/** The parts of a packed text, at least one. */
export async function pack(text: string): Promise<string[]> {
  const plain = new TextEncoder().encode(text);
  const stream = plain.length < WORTH_DEFLATING ? undefined : deflater();
  const body = stream ? await through(plain, stream, Number.POSITIVE_INFINITY) : plain;
  const bytes = new Uint8Array(body.length + 1);
  bytes[0] = stream ? DEFLATED : PLAIN;
  bytes.set(body, 1);
  const packed = toBase64(bytes);
  const parts: string[] = [];
  for (let start = 0; start < packed.length; start += PART_CHARS) {
    parts.push(packed.slice(start, start + PART_CHARS));
  }
  return parts;
}

/** The text that `pack` was given. Throws `BadBatch` for anything else. */
export async function unpack(parts: readonly string[]): Promise<string> {
  const bytes = fromBase64(parts.join(""));
  const body = bytes.subarray(1);
  let plain = body;
  if (bytes[0] === DEFLATED) {
    try {
      plain = await through(body, new DecompressionStream("deflate-raw"), MAX_UNPACKED_BYTES);
    } catch (cause) {
      throw cause instanceof BadBatch ? cause : new BadBatch("not deflated", { cause });
    }
  } else if (bytes[0] !== PLAIN || body.length > MAX_UNPACKED_BYTES) {
    throw new BadBatch("packed in no known way");
  }
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(plain);
  } catch (cause) {
    throw new BadBatch("not UTF-8", { cause });
  }
}

/** What of a frame says where its part belongs. */
export type Part = Pick<FrameInput, "stream" | "batch" | "part" | "parts" | "keyframe" | "data">;

/** A batch as it arrived whole. */
export interface Batch {
  readonly stream: string;
  readonly batch: number;
  /** The page from the beginning: what was shown before is void. */
  readonly keyframe: boolean;
  /** rrweb's events, oldest first. */
  readonly events: readonly unknown[];
}

/**
 * Puts parts together and gives whole batches in order. A hole, a new page without its beginning or a
 * batch that cannot be read is a loss: nothing is given until the next keyframe, which is asked for.
 */
export class Assembler {
  private stream = "";
  private next = -1; // the batch that comes next; -1: only a keyframe will do
  private parts: string[] = [];
  private isBroken = false;
  private readonly former = new Set<string>();
  private turn: Promise<void> = Promise.resolve();
  private readonly onBatch: (batch: Batch) => void;
  private readonly onLoss: () => void;

  constructor(onBatch: (batch: Batch) => void, onLoss: () => void) {
    this.onBatch = onBatch;
    this.onLoss = onLoss;
  }

  /** Whether a keyframe is waited for: told once by `onLoss`, to be asked for until it comes. */
  get isLost(): boolean {
    return this.isBroken || this.next < 0;
  }

  /** Takes one part, in the order in which they came. */
  add(frame: Part): void {
    const begins = frame.part === 0 && frame.keyframe;
    if (begins) {
      if (this.stream) this.former.add(this.stream);
      this.former.delete(frame.stream);
      this.stream = frame.stream;
      this.next = frame.batch;
      this.parts = [];
      this.isBroken = false;
    } else if (frame.stream !== this.stream) {
      // The tail of a page that is over; or another one whose beginning was missed.
      if (!this.former.has(frame.stream)) this.lose();
      return;
    }
    if (this.isBroken) return;
    if (frame.batch !== this.next || frame.part !== this.parts.length) return this.lose();
    this.parts.push(frame.data);
    if (this.parts.length < frame.parts) return;
    const { parts } = this;
    this.parts = [];
    this.next += 1;
    this.turn = this.turn.then(() => this.open(frame, parts));
  }

  private async open({ stream, batch, keyframe }: Part, parts: string[]): Promise<void> {
    try {
      const events = JSON.parse(await unpack(parts)) as unknown;
      if (!Array.isArray(events)) throw new BadBatch("not a list");
      this.onBatch({ stream, batch, keyframe, events });
    } catch {
      this.lose();
    }
  }

  private lose(): void {
    if (this.isBroken) return;
    this.isBroken = true;
    this.parts = [];
    this.onLoss();
  }
}
