import { COBROWSE_VERSION, pack } from "@stoa/cobrowse/wire";
import { tellSignal, unsentBytes } from "../line.ts";

export interface Packet {
  readonly stream: string;
  readonly batch: number;
  readonly keyframe: boolean;
  readonly events: readonly unknown[];
}

/* The server takes 20 signals a second from a connection, and 60 at once; typing wants some of them. */
const PER_SECOND = 15;
const AT_ONCE = 40;
/** A line that holds back so much is spared. */
const MOST_UNSENT_BYTES = 48_000;
const PATIENCE_MS = 40;

/** Sends what a page saw: packed, cut, in order, and no faster than the line and the server take it. */
export class Sender {
  private readonly session: string;
  private readonly onSent: () => void;
  private tokens = AT_ONCE;
  private filledAt = performance.now();
  private queue: Packet[] = [];
  private isBusy = false;
  private generation = 0;

  constructor(session: string, onSent: () => void) {
    this.session = session;
    this.onSent = onSent;
  }

  /** The batch leaves after those before it; a keyframe makes them void. */
  send(packet: Packet): void {
    if (packet.keyframe) this.drop();
    this.queue.push(packet);
    if (!this.isBusy) void this.work();
  }

  /** What has not left never does. */
  drop(): void {
    this.generation += 1;
    for (const _ of this.queue.splice(0)) this.onSent();
  }

  private async work() {
    this.isBusy = true;
    for (let next = this.queue.shift(); next; next = this.queue.shift()) {
      await this.parts(next, this.generation);
      this.onSent();
    }
    this.isBusy = false;
  }

  private async parts({ stream, batch, keyframe, events }: Packet, generation: number) {
    const parts = await pack(JSON.stringify(events));
    for (const [part, data] of parts.entries()) {
      await this.room();
      if (generation !== this.generation) return;
      tellSignal("cobrowse.frame", {
        session_id: this.session,
        version: COBROWSE_VERSION,
        stream,
        batch,
        part,
        parts: parts.length,
        keyframe,
        data,
      });
    }
  }

  private async room() {
    for (;;) {
      const now = performance.now();
      this.tokens = Math.min(AT_ONCE, this.tokens + ((now - this.filledAt) / 1000) * PER_SECOND);
      this.filledAt = now;
      if (this.tokens >= 1 && unsentBytes() < MOST_UNSENT_BYTES) {
        this.tokens -= 1;
        return;
      }
      await new Promise((resolve) => setTimeout(resolve, PATIENCE_MS));
    }
  }
}
