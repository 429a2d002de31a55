import { recallScript, rememberScript } from "./memory.ts";
import { fetchPart } from "./parts.ts";

type Part = typeof import("@stoa/cobrowse/page");

/** Fetches the part that shows this page to an agent, once the frame says that one was let in. */
export class Cobrowse {
  private readonly origin: string;
  private part: Promise<Part> | undefined;

  constructor(origin: string) {
    this.origin = origin;
    // The page before this one was shown: the part is on its way while the frame still loads.
    const script = recallScript();
    if (script) this.load(script);
  }

  private load(script: string): Promise<Part> {
    this.part ??= fetchPart<Part>(this.origin, script);
    this.part.catch(() => {
      this.part = undefined;
    });
    return this.part;
  }

  /** The frame speaks with the page over `port` from here on, or has no more to say. */
  async hear(script: string | null, port: MessagePort | undefined): Promise<void> {
    rememberScript(script);
    if (!script || !port) return;
    const { start } = await this.load(script);
    start(port);
  }
}
