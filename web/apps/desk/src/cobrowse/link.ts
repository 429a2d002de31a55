import {
  type FromReplica,
  type Part,
  type Pointed,
  readFromReplica,
  type ToReplica,
} from "@stoa/cobrowse/replica";
import { drawingsIn } from "./sprites.ts";

/** A large page on a slow machine takes its time, and a click that was given up does nothing. */
const ANSWER_MS = 5_000;

/** The line to the replica's document, for as long as its frame shows that document. */
export class ReplicaLink {
  private port: MessagePort | null = null;
  private frame: HTMLIFrameElement | null = null;
  private asked = 0;
  private isReady = false;
  private unsent: Part[] = [];
  private readonly answers = new Map<number, (pointed: Pointed | null) => void>();
  private readonly onSaid: (said: FromReplica) => void;
  private readonly onAway: () => void;

  /** `onAway`: the frame shows something else now, and must be made anew. */
  constructor(onSaid: (said: FromReplica) => void, onAway: () => void) {
    this.onSaid = onSaid;
    this.onAway = onAway;
  }

  /** To be called at each `load` of the frame: the first document gets the port, another none. */
  loaded(frame: HTMLIFrameElement): void {
    if (this.frame === frame) return this.onAway();
    this.close();
    this.frame = frame;
    const { port1, port2 } = new MessageChannel();
    this.port = port1;
    port1.onmessage = ({ data }) => this.hear(data);
    // The document's origin is nobody's, so it cannot be named; it is the frame's first one.
    frame.contentWindow?.postMessage("stoa:replica", "*", [port2]);
  }

  close(): void {
    this.port?.close();
    this.port = null;
    this.frame = null;
    this.isReady = false;
    for (const answer of this.answers.values()) answer(null);
    this.answers.clear();
  }

  /** Hands on a part of a batch; what comes before the document is there waits for it. */
  send(part: Part): void {
    if (part.keyframe && part.part === 0) this.unsent = [];
    if (this.isReady) this.tell({ t: "part", part });
    else this.unsent.push(part);
  }

  /** Hands over the drawings in a file, if it is one of the shop's own. */
  async giveSprite(url: string): Promise<void> {
    const symbols = await drawingsIn(url)?.catch(() => null);
    if (symbols) this.tell({ t: "sprite", url, symbols });
  }

  track(node: number | null): void {
    this.tell({ t: "track", node });
  }

  /** What is at this place of the customer's window; null: nobody answers. */
  point(x: number, y: number): Promise<Pointed | null> {
    return this.ask((id) => ({ t: "point", id, x, y }));
  }

  /** The next thing on the page that can be used. */
  step(from: number | null, back: boolean): Promise<Pointed | null> {
    return this.ask((id) => ({ t: "step", id, from, back }));
  }

  private ask(question: (id: number) => ToReplica): Promise<Pointed | null> {
    if (!this.isReady) return Promise.resolve(null);
    return new Promise((resolve) => {
      const id = ++this.asked;
      const settle = (pointed: Pointed | null) => {
        clearTimeout(timer);
        this.answers.delete(id);
        resolve(pointed);
      };
      const timer = setTimeout(settle, ANSWER_MS, null);
      this.answers.set(id, settle);
      this.tell(question(id));
    });
  }

  private tell(message: ToReplica): void {
    if (this.isReady) this.port?.postMessage(message);
  }

  private hear(data: unknown): void {
    const said = readFromReplica(data);
    if (!said) return;
    if (said.t === "ready") {
      this.isReady = true;
      for (const part of this.unsent.splice(0)) this.tell({ t: "part", part });
    } else if (said.t === "sprite") void this.giveSprite(said.url);
    else if (said.t === "pointed") this.answers.get(said.id)?.(said);
    this.onSaid(said);
  }
}
