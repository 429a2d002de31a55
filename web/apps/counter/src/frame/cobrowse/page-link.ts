import { effect } from "@preact/signals";
import type { Subscription } from "@stoa/client";
import type { ToFrame, ToPage } from "@stoa/cobrowse/messages";
import { COBROWSE_VERSION } from "@stoa/cobrowse/wire";
import type { CobrowseView, MaskingRules } from "@stoa/protocol";
import { boot } from "../boot.ts";
import { tell } from "../host.ts";
import { command, follow, lineState, onSignal, tellSignal } from "../line.ts";
import { Sender } from "./sender.ts";
import { wordsOnPage } from "./words.ts";

/* Signals are heard once for all, and go to the link that is open. */
let open: PageLink | undefined;
let isListening = false;

function listen() {
  if (isListening) return;
  isListening = true;
  const mine = (id: string) => (open?.session.id === id ? open : undefined);
  onSignal("cobrowse.watch", ({ session_id, version, keyframe }) => {
    if (version !== COBROWSE_VERSION) mine(session_id)?.post({ type: "refused" });
    else mine(session_id)?.post({ type: "watch", keyframe: keyframe === true });
  });
  onSignal("cobrowse.point", (point) => mine(point.session_id)?.post({ type: "point", point }));
  onSignal("cobrowse.act", (act) => mine(act.session_id)?.post({ type: "act", act }));
  onSignal("cobrowse.slow", ({ session_id, seconds }) =>
    mine(session_id)?.post({ type: "slow", seconds }),
  );
  onSignal("cobrowse.refused", ({ session_id }) => mine(session_id)?.post({ type: "refused" }));
}

/** Joins the page around the frame to the agent who was let in, until `close`. */
export class PageLink {
  session: CobrowseView;
  private rules = "";
  private readonly onStop: () => void;
  private readonly port: MessagePort;
  private readonly sender: Sender;
  private readonly others: BroadcastChannel;
  private readonly following: Subscription | undefined;
  private readonly unwatch: () => void;

  constructor(session: CobrowseView, rules: MaskingRules, isWatched: boolean, onStop: () => void) {
    this.session = session;
    this.onStop = onStop;
    const { port1, port2 } = new MessageChannel();
    this.port = port1;
    this.sender = new Sender(session.id, () => this.post({ type: "sent" }));
    this.port.onmessage = (event) => this.hear(event.data as ToFrame);
    // The tabs of one customer agree on which of them is looked at.
    this.others = new BroadcastChannel(`stoa.cobrowse.${session.id}`);
    this.others.onmessage = () => this.post({ type: "yield" });
    open = this;
    listen();
    this.following = follow(`cobrowsed:${session.id}`, {
      after: null,
      event: () => undefined,
      resync: async () => null,
    });
    tell({ type: "cobrowse", script: boot.cobrowse_script }, [port2]);
    this.tellSession(rules, isWatched);
    this.unwatch = effect(() => {
      const isLive = lineState.value === "live";
      if (!isLive) this.sender.drop();
      this.post({ type: "line", isLive });
    });
  }

  /** Control was given or taken, or the rules were read again. */
  update(session: CobrowseView, rules: MaskingRules, isWatched: boolean): void {
    this.session = session;
    this.tellSession(rules, isWatched);
  }

  /** Control was given or taken, by the same rules. */
  change(session: CobrowseView): void {
    this.session = session;
    this.tellSession(null, false);
  }

  private tellSession(rules: MaskingRules | null, isWatched: boolean) {
    const words = wordsOnPage(this.session.staff_name);
    const isInControl = this.session.control === "given";
    // Rules told anew would begin the recording anew, and void what the agent points at.
    const text = rules ? JSON.stringify(rules) : this.rules;
    const news = text === this.rules ? null : rules;
    this.rules = text;
    this.post({ type: "session", rules: news, words, isInControl, isWatched });
  }

  post(message: ToPage): void {
    this.port.postMessage(message);
  }

  private hear(message: ToFrame) {
    const { id } = this.session;
    if (message.type === "batch") this.sender.send(message);
    else if (message.type === "page") {
      // What waits to leave was seen before the page was paused or left, and comes too late now.
      if (message.page.state !== "shown") this.sender.drop();
      const page = { ...message.page, url: message.page.url.slice(0, 2_000) };
      tellSignal("cobrowse.page", { session_id: id, version: COBROWSE_VERSION, ...page });
    } else if (message.type === "claim") this.others.postMessage("mine");
    else if (message.type === "acted") {
      const { action_id, outcome, reason, target } = message;
      tellSignal("cobrowse.acted", { session_id: id, action_id, outcome, reason, target });
    } else if (message.type === "stop") this.onStop();
    else {
      this.post({ type: "released" });
      command("cobrowse.release_control", { session_id: id }).catch(() => undefined);
    }
  }

  /** Nobody sees the page any more, and it shows nothing of it. */
  close(): void {
    if (open === this) open = undefined;
    this.sender.drop();
    this.post({ type: "end" });
    this.unwatch();
    this.following?.close();
    this.others.close();
    tell({ type: "cobrowse", script: null });
  }
}
