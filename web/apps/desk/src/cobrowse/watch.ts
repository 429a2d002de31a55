import { computed, type ReadonlySignal, type Signal, signal } from "@preact/signals";
import { Newest } from "@stoa/client";
import type { Box, FromReplica, Pointed } from "@stoa/cobrowse/replica";
import { COBROWSE_VERSION } from "@stoa/cobrowse/wire";
import type {
  ActedSignal,
  CobrowseView,
  FrameSignal,
  PageSignal,
  RefusedSignal,
} from "@stoa/protocol";
import { hearVisitor } from "../app/hear-visitor.ts";
import { command, follow, line, onBack, sendSignal } from "../app/live.ts";
import { me } from "../session/store.ts";
import { ReplicaLink } from "./link.ts";

/** The page sends nothing while nobody says this (`cobrowse.watch`). */
const WATCH_MS = 5_000;
/** A desk that nobody looks at stops watching after this long. */
const UNSEEN_MS = 30_000;
/** The page answers each of these words; it is gone, or its line is, after two without an answer. */
const SILENT_MS = 12_000;
/** A keyframe that was asked for and has not come is asked for again. */
const KEYFRAME_MS = 2_000;

export interface View {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

export interface Size {
  readonly width: number;
  readonly height: number;
  readonly isTouch: boolean;
}

/** Where the customer's mouse or finger is, in their window. */
export interface Hand {
  readonly x: number;
  readonly y: number;
  readonly kind: "move" | "press" | "touch";
  readonly count: number;
}

export type Freshness = "fresh" | "waiting" | "stale";

const WHOLE: View = { x: 0, y: 0, width: 0, height: 0 };

/** One conversation's co-browsing on the screen. It lives from `openWatch` to `close`. */
export class Watch {
  readonly conversationId: string;
  readonly isLoading = signal(true);
  readonly error: Signal<Error | null> = signal(null);
  readonly session: Signal<CobrowseView | null> = signal(null);
  readonly page: Signal<PageSignal | null> = signal(null);
  readonly size: Signal<Size | null> = signal(null);
  readonly view: Signal<View> = signal(WHOLE);
  readonly hand: Signal<Hand | null> = signal(null);
  readonly refused: Signal<RefusedSignal | null> = signal(null);
  readonly tracked: Signal<{ node: number; box: Box | null } | null> = signal(null);
  /** Grows whenever the frame has to be made anew. */
  readonly frameNumber = signal(0);
  readonly needsQuirks = signal(false);
  /** When the replica last was what the customer saw; null: it has shown nothing yet. */
  readonly currentAt: Signal<number | null> = signal(null);
  readonly isMine: ReadonlySignal<boolean> = computed(
    () => this.session.value?.staff_id === me.value?.id,
  );
  readonly isActive: ReadonlySignal<boolean> = computed(
    () => this.isMine.value && this.session.value?.state === "active",
  );
  readonly freshness: ReadonlySignal<Freshness> = computed(() => {
    if (line.value !== "live" || this.isOverdue.value || this.isSilent.value) return "stale";
    return this.isLost.value ? "waiting" : "fresh";
  });
  readonly link: ReplicaLink;

  stream = "";
  private readonly newest = new Newest<CobrowseView>();
  private readonly isLost = signal(true);
  private readonly isOverdue = signal(false);
  private readonly isSilent = signal(false);
  private heardAt = 0;
  private readonly outcomes = new Set<(acted: ActedSignal) => void>();
  private watched: string | null = null;
  private unfollow: (() => void)[] = [];
  private unfollowVisitor = () => {};
  private timer = 0;
  private keyframeTimer = 0;
  private unseenTimer = 0;
  private isClosed = false;
  private readonly stopBack: () => void;

  constructor(conversationId: string) {
    this.conversationId = conversationId;
    this.link = new ReplicaLink(
      (said) => this.hearReplica(said),
      () => this.remake(),
    );
    this.stopBack = onBack(() => this.isActive.peek() && this.askKeyframe());
    document.addEventListener("visibilitychange", this.seen);
  }

  /** Fetches how things stand, and hears of every change from there on. */
  async load(): Promise<void> {
    this.error.value = null;
    try {
      const { visitor_id, seq } = await this.look();
      if (this.isClosed || !visitor_id) return;
      this.unfollowVisitor();
      this.unfollowVisitor = hearVisitor(visitor_id, seq, {
        onEvent: ({ type, data }) => {
          if (type === "cobrowse.changed") this.take(data.session);
        },
        resync: async () => (await this.look()).seq,
      });
      // What changed before this listener was there.
      await this.look();
    } catch (problem) {
      if (!(problem instanceof Error)) throw problem;
      this.error.value = problem;
    } finally {
      this.isLoading.value = false;
    }
  }

  private async look() {
    const found = await command("cobrowse.look", { conversation_id: this.conversationId });
    if (found.session && !this.isClosed) this.take(found.session);
    return found;
  }

  private take(session: CobrowseView): void {
    if (this.isClosed || session.conversation_id !== this.conversationId) return;
    if (!this.newest.takes(session)) return;
    this.session.value = session;
    const wanted = this.isActive.peek() ? session.id : null;
    if (wanted !== this.watched) this.watch(wanted);
  }

  // ---- what the agent asks for ------------------------------------------------------------------

  async ask(): Promise<void> {
    this.take(await command("cobrowse.ask", { conversation_id: this.conversationId }));
  }

  async stop(): Promise<void> {
    await this.onSession("cobrowse.stop");
  }

  async askControl(): Promise<void> {
    await this.onSession("cobrowse.ask_control");
  }

  async releaseControl(): Promise<void> {
    await this.onSession("cobrowse.release_control");
  }

  private async onSession(
    name: "cobrowse.stop" | "cobrowse.ask_control" | "cobrowse.release_control",
  ) {
    const session = this.session.peek();
    if (session) this.take(await command(name, { session_id: session.id }));
  }

  /** Calls `listener` with what becomes of each action in the customer's page. */
  onActed(listener: (acted: ActedSignal) => void): () => void {
    this.outcomes.add(listener);
    return () => this.outcomes.delete(listener);
  }

  /** Has the box of one element told whenever it moves. */
  track(pointed: Pointed | null): void {
    this.tracked.value =
      pointed?.node == null ? null : { node: pointed.node, box: pointed.box ?? null };
    this.link.track(pointed?.node ?? null);
  }

  // ---- the line to the customer's page ----------------------------------------------------------

  private watch(sessionId: string | null): void {
    for (const stop of this.unfollow) stop();
    this.unfollow = [];
    clearInterval(this.timer);
    clearTimeout(this.keyframeTimer);
    this.watched = sessionId;
    this.forgetPage();
    if (!sessionId) return;
    this.unfollow = [
      follow(`cobrowse:${sessionId}`, null, {
        signals: {
          "cobrowse.frame": (frame) => this.takeFrame(frame),
          "cobrowse.page": (page) => this.takePage(page),
          "cobrowse.acted": (acted) => {
            for (const listener of this.outcomes) listener(acted);
          },
          "cobrowse.refused": (refused) => {
            this.refused.value = refused;
          },
        },
      }),
    ];
    this.askKeyframe();
    this.timer = window.setInterval(() => this.sayWatching(false), WATCH_MS);
  }

  private forgetPage(): void {
    this.page.value = null;
    this.hand.value = null;
    this.refused.value = null;
    this.currentAt.value = null;
    this.isLost.value = true;
    this.isOverdue.value = false;
    this.isSilent.value = false;
    this.heardAt = Date.now();
    this.stream = "";
    this.track(null);
  }

  private sayWatching(keyframe: boolean): void {
    this.isSilent.value = Date.now() - this.heardAt > SILENT_MS;
    if (this.watched) {
      sendSignal("cobrowse.watch", {
        session_id: this.watched,
        version: COBROWSE_VERSION,
        keyframe,
      });
    }
  }

  /** Asks for the page from its beginning, until it comes. */
  private askKeyframe(): void {
    clearTimeout(this.keyframeTimer);
    if (!this.watched) return;
    this.isLost.value = true;
    this.sayWatching(true);
    this.keyframeTimer = window.setTimeout(() => {
      this.isOverdue.value = this.page.peek()?.state === "shown";
      this.askKeyframe();
    }, KEYFRAME_MS);
  }

  private heard(): void {
    this.heardAt = Date.now();
    this.isSilent.value = false;
    if (!this.isLost.peek()) this.currentAt.value = this.heardAt;
  }

  private takeFrame(frame: FrameSignal): void {
    this.heard();
    if (frame.version !== COBROWSE_VERSION) {
      this.refused.value = { session_id: frame.session_id, reason: "version", by: "page" };
      return;
    }
    this.link.send(frame);
  }

  private takePage(page: PageSignal): void {
    const before = this.page.peek();
    const isLeft = page.state === "gone" || page.state === "hidden";
    // A page that is left, or stands in another tab, says so after the next one has begun.
    if (isLeft && before && before.stream !== page.stream) return;
    this.heard();
    this.page.value = page;
    if (before?.stream !== page.stream) this.hand.value = null;
  }

  private hearReplica(said: FromReplica): void {
    switch (said.t) {
      case "ready":
        return this.isActive.peek() ? this.askKeyframe() : undefined;
      case "current":
        clearTimeout(this.keyframeTimer);
        this.stream = said.stream;
        this.isLost.value = false;
        this.isOverdue.value = false;
        this.currentAt.value = Date.now();
        return;
      case "lost":
        return this.askKeyframe();
      case "size":
        this.size.value = { width: said.width, height: said.height, isTouch: said.isTouch };
        return;
      case "view":
        this.view.value = said;
        return;
      case "customer":
        this.hand.value = { ...said, count: (this.hand.peek()?.count ?? 0) + 1 };
        return;
      case "box":
        if (this.tracked.peek()?.node === said.node) this.tracked.value = said;
        return;
      case "quirks":
        if (said.is === this.needsQuirks.peek()) return;
        this.needsQuirks.value = said.is;
        return this.remake();
      case "pointed":
      case "sprite":
        return;
    }
  }

  private remake(): void {
    this.link.close();
    this.isLost.value = true;
    this.frameNumber.value += 1;
  }

  /** Nothing has to travel to a desk that nobody looks at. */
  private readonly seen = (): void => {
    clearTimeout(this.unseenTimer);
    if (document.hidden) {
      this.unseenTimer = window.setTimeout(() => {
        clearInterval(this.timer);
        clearTimeout(this.keyframeTimer);
        this.timer = 0;
      }, UNSEEN_MS);
    } else if (this.timer === 0 && this.watched) {
      this.askKeyframe();
      this.timer = window.setInterval(() => this.sayWatching(false), WATCH_MS);
    }
  };

  close(): void {
    this.isClosed = true;
    this.watch(null);
    this.link.close();
    this.unfollowVisitor();
    this.stopBack();
    clearTimeout(this.unseenTimer);
    document.removeEventListener("visibilitychange", this.seen);
  }
}
