import { type Signal, signal } from "@preact/signals";
import { Newest } from "@stoa/client";
import type { AskWalk, WalkView } from "@stoa/protocol";
import { hearVisitor } from "../app/hear-visitor.ts";
import { command } from "../app/live.ts";

export type Destination = AskWalk["to"];

/** The walk of one conversation's customer, kept up to date until `close`. */
export class Walk {
  readonly walk: Signal<WalkView | null> = signal(null);
  private readonly conversationId: string;
  private readonly newest = new Newest<WalkView>();
  private stop = () => {};
  private isClosed = false;

  constructor(conversationId: string) {
    this.conversationId = conversationId;
  }

  /** Raises: Problem. */
  async load(): Promise<void> {
    const { visitor_id, seq } = await this.look();
    if (this.isClosed || !visitor_id) return;
    this.stop();
    this.stop = hearVisitor(visitor_id, seq, {
      onEvent: ({ type, data }) => {
        if (type === "walk.changed") this.take(data.walk);
      },
      resync: async () => (await this.look()).seq,
    });
    // What changed before this listener was there.
    await this.look();
  }

  private async look() {
    const before = this.newest.known;
    const found = await command("walk.look", { conversation_id: this.conversationId });
    if (found.walk) this.take(found.walk);
    // What was heard while this answer was on its way is newer.
    else if (this.newest.known === before) this.walk.value = null;
    return found;
  }

  private take(walk: WalkView): void {
    if (this.isClosed || !this.newest.takes(walk)) return;
    this.walk.value = walk.state === "asked" || walk.state === "walking" ? walk : null;
  }

  /** The customer is asked along, or is there: whichever it is now. */
  async lead(to: Destination): Promise<void> {
    this.take(await command("walk.ask", { conversation_id: this.conversationId, to }));
  }

  async end(): Promise<void> {
    const walk = this.walk.peek();
    if (walk) this.take(await command("walk.end", { walk_id: walk.id }));
  }

  close(): void {
    this.isClosed = true;
    this.stop();
  }
}
