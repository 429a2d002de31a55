import type { ClientFrame, EventFrame, ProblemFrame } from "@stoa/protocol";

export interface TopicListener {
  /** The last seq known, from a snapshot; null for only what comes from now on. */
  after: number | null;
  /** Each event once, in order. */
  event(event: EventFrame): void;
  /** From now on it is heard: what is asked for from here misses nothing. Also after a break. */
  joined?(): void;
  /** Too much was missed: take a fresh snapshot and return its seq. */
  resync(): Promise<number | null>;
  /** The topic is not open to this client. */
  refused?(problem: ProblemFrame): void;
}

export interface Subscription {
  readonly seq: number | null;
  close(): void;
}

interface Topic {
  listener: TopicListener;
  seq: number | null;
  isStale: boolean; // a snapshot is being taken
}

/** What this client listens to, and how far it has heard of each. */
export class Topics {
  private readonly byName = new Map<string, Topic>();
  private readonly write: (frame: ClientFrame) => void;
  private readonly isClosed: () => boolean;

  /** `write` forgets what it is given while there is no line. */
  constructor(write: (frame: ClientFrame) => void, isClosed: () => boolean) {
    this.write = write;
    this.isClosed = isClosed;
  }

  add(name: string, listener: TopicListener): Subscription {
    const topic: Topic = { listener, seq: listener.after, isStale: false };
    this.byName.set(name, topic);
    this.join(name, topic);
    return {
      get seq() {
        return topic.seq;
      },
      close: () => {
        if (this.byName.get(name) !== topic) return;
        this.byName.delete(name);
        this.write({ t: "unsubscribe", topic: name });
      },
    };
  }

  /** Over a new line: each goes on where it stopped. */
  joinAll(): void {
    for (const [name, topic] of this.byName) this.join(name, topic);
  }

  event(frame: EventFrame): void {
    const topic = this.byName.get(frame.topic);
    if (!topic || topic.isStale) return;
    if (topic.seq === null) topic.seq = frame.seq - 1;
    if (frame.seq <= topic.seq) return;
    if (frame.seq > topic.seq + 1) return this.join(frame.topic, topic);
    topic.seq = frame.seq;
    topic.listener.event(frame);
  }

  subscribed(name: string, seq: number): void {
    const topic = this.byName.get(name);
    if (!topic) return;
    topic.seq ??= seq;
    topic.listener.joined?.();
  }

  /** Events are missing: they are asked for again, or a snapshot is taken in their place. */
  async resync(name: string, isResumable: boolean): Promise<void> {
    const topic = this.byName.get(name);
    if (!topic) return;
    if (isResumable) return this.join(name, topic);
    if (topic.isStale) return;
    topic.isStale = true;
    while (this.byName.get(name) === topic && !this.isClosed()) {
      try {
        topic.seq = await topic.listener.resync();
        break;
      } catch {
        await new Promise((resolve) => setTimeout(resolve, 2_000 + Math.random() * 3_000));
      }
    }
    topic.isStale = false;
    if (this.byName.get(name) === topic) this.join(name, topic);
  }

  /** Not open to this client, or, with a pause in seconds, not at the moment. */
  refused(name: string, problem: ProblemFrame, wait: number | null | undefined): void {
    const topic = this.byName.get(name);
    if (!topic) return;
    if (wait) {
      setTimeout(() => this.join(name, topic), wait * 1000 * (1 + Math.random()));
    } else {
      this.byName.delete(name);
      topic.listener.refused?.(problem);
    }
  }

  private join(name: string, topic: Topic): void {
    if (!topic.isStale) this.write({ t: "subscribe", topic: name, after: topic.seq });
  }
}
