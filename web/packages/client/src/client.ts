import {
  CLOSE,
  type ClientFrame,
  type Commands,
  type Hello,
  type ProblemFrame,
  type ServerFrame,
  type SignalsIn,
  type SignalsOut,
  VERSION,
} from "@stoa/protocol";
import { Lanes, type Pending } from "./lanes.ts";
import { type Subscription, type TopicListener, Topics } from "./topics.ts";
import { type Listener, openPoll, openSocket, type Transport } from "./transport.ts";

/**
 * connecting: not yet welcomed. live: all is well. resuming: the line broke, coming back. offline:
 * coming back takes long, or the device says it has no network. refused: the server does not want
 * this client (see `problem`). closed: by `close()`.
 */
export type State = "connecting" | "live" | "resuming" | "offline" | "refused" | "closed";

export interface Options {
  surface: Hello["surface"];
  locale: string;
  /** Where Stoa is; the page's own origin unless said. */
  base?: string;
  /** The visitor's token where no cookie can be kept; asked for at every connection. */
  token?: () => string | null | undefined;
}

/** The server refused a command; nothing was changed. */
export class Refusal extends Error {
  readonly problem: ProblemFrame;

  constructor(problem: ProblemFrame) {
    super(problem.title);
    this.problem = problem;
  }
}

const ANSWER_MS = 10_000;
const WELCOME_MS = 6_000;
const BACK_TO_SOCKET_MS = 300_000;
const BACK_SOON_MS = 20_000;
const NEVER_AGAIN: readonly number[] = [
  CLOSE.BAD_FRAME,
  CLOSE.UNAUTHENTICATED,
  CLOSE.FORBIDDEN,
  CLOSE.VERSION,
];

export class Client {
  state: State = "connecting";
  /** Why the server refused, in the reader's language. */
  problem: ProblemFrame | null = null;
  /** Server time minus the device's, in milliseconds. */
  clockOffset = 0;
  transport: "websocket" | "poll" = "websocket";

  private readonly stateListeners = new Set<(state: State) => void>();
  private readonly signalListeners = new Map<string, Set<(data: never, topic: string) => void>>();
  private readonly topics = new Topics(
    (frame) => this.write(frame),
    () => this.state === "closed",
  );
  private readonly lanes = new Lanes();
  private readonly options: Options;
  private readonly base: string;
  private line: Transport | null = null;
  private wasLive = false;
  private hadSocket = false;
  private isWelcome = false;
  private failures = 0;
  private commands = 0;
  private heardAt = 0;
  private pingMs = 25_000;
  private retryTimer: ReturnType<typeof setTimeout> | undefined;
  private welcomeTimer: ReturnType<typeof setTimeout> | undefined;
  private aliveTimer: ReturnType<typeof setInterval> | undefined;
  private backTimer: ReturnType<typeof setTimeout> | undefined;

  constructor(options: Options) {
    this.options = options;
    this.base = options.base ?? location.origin;
    globalThis.addEventListener?.("online", this.wake);
    globalThis.addEventListener?.("offline", this.slept);
    globalThis.document?.addEventListener("visibilitychange", this.wake);
    this.open();
  }

  /** `listener` is told of every change of state; returns how to stop that. */
  onState(listener: (state: State) => void): () => void {
    this.stateListeners.add(listener);
    return () => this.stateListeners.delete(listener);
  }

  /** `listener` is given every signal of this type; returns how to stop that. */
  onSignal<T extends keyof SignalsIn & string>(
    type: T,
    listener: (data: SignalsIn[T], topic: string) => void,
  ): () => void {
    const known = this.signalListeners.get(type) ?? new Set();
    this.signalListeners.set(type, known.add(listener));
    return () => known.delete(listener);
  }

  /** The topic's events from `listener.after` on, over any number of connections. */
  subscribe(name: string, listener: TopicListener): Subscription {
    return this.topics.add(name, listener);
  }

  /**
   * Resolves once it is done and stored, however many connections that takes; rejects with a
   * `Refusal`. Commands of one name are done in the order given. What adds something carries a `client_id`, so a repeat after a lost answer is harmless.
   */
  command<N extends keyof Commands & string>(
    name: N,
    data: Commands[N]["input"],
  ): Promise<Commands[N]["output"]> {
    return new Promise((resolve, reject) => {
      const id = `${++this.commands}`;
      const frame: ClientFrame = { t: "command", id, name, data: data as never };
      if (this.lanes.add(name, id, { frame, resolve, reject })) this.write(frame);
    });
  }

  /** Sent if there is a line just now, else forgotten. */
  signal<T extends keyof SignalsOut & string>(type: T, data: SignalsOut[T]): void {
    this.write({ t: "signal", type, data: data as never });
  }

  /** How much of what was sent still waits on this side, in bytes: a slow line is spared. */
  get unsentBytes(): number {
    return this.line?.unsent() ?? 0;
  }

  /** Comes back at once: after a sign-in, or when a person asks for it. */
  reconnect(): void {
    this.drop();
    this.failures = 0;
    this.problem = null;
    this.open();
  }

  close(): void {
    this.drop();
    clearTimeout(this.backTimer);
    globalThis.removeEventListener?.("online", this.wake);
    globalThis.removeEventListener?.("offline", this.slept);
    globalThis.document?.removeEventListener("visibilitychange", this.wake);
    this.become("closed");
  }

  private become(state: State): void {
    if (this.state === state) return;
    this.state = state;
    for (const listener of this.stateListeners) listener(state);
  }

  private write(frame: ClientFrame): void {
    if (this.isWelcome) this.line?.send(JSON.stringify(frame));
  }

  private open(): void {
    const hello: Hello = {
      t: "hello",
      version: VERSION,
      surface: this.options.surface,
      locale: this.options.locale,
      token: this.options.token?.() ?? null,
    };
    let isCurrent = true;
    const listener: Listener = {
      frame: (text) => isCurrent && this.hear(JSON.parse(text) as ServerFrame),
      closed: (code) => isCurrent && this.lost(code),
    };
    const way = this.transport === "websocket" ? openSocket : openPoll;
    const line = way(this.base, JSON.stringify(hello), listener);
    this.line = {
      send: line.send,
      unsent: line.unsent,
      close: () => {
        isCurrent = false;
        line.close();
      },
    };
    this.welcomeTimer = setTimeout(() => this.lost(0), WELCOME_MS);
  }

  private drop(): void {
    this.line?.close();
    this.line = null;
    this.isWelcome = false;
    clearTimeout(this.retryTimer);
    clearTimeout(this.welcomeTimer);
    clearInterval(this.aliveTimer);
  }

  private lost(code: number): void {
    const neverBegan = !this.isWelcome;
    this.drop();
    if (this.state === "closed") return;
    if (NEVER_AGAIN.includes(code)) {
      const { problem } = this;
      this.lanes.reject(problem ? new Refusal(problem) : new Error(`refused: ${code}`));
      return this.become("refused");
    }
    // A line that never came about may be blocked: the other way is tried in turn. Where sockets
    // have worked before it is more likely that the server is away for a moment.
    const isPatient = this.hadSocket && this.transport === "websocket" && this.failures < 3;
    if (neverBegan && !isPatient) {
      this.transport = this.transport === "websocket" ? "poll" : "websocket";
    }
    const pause = this.pause(code, neverBegan);
    this.failures++;
    const isFar = this.failures > 4 || globalThis.navigator?.onLine === false;
    this.become(isFar ? "offline" : this.wasLive ? "resuming" : "connecting");
    this.retryTimer = setTimeout(() => this.open(), pause);
  }

  private pause(code: number, neverBegan: boolean): number {
    if (code === CLOSE.TOO_MANY) return 60_000;
    // Everybody else was sent away at the same moment.
    if (code === CLOSE.RESTART) return 500 + 3_500 * Math.random();
    if (neverBegan && !this.hadSocket && this.transport === "poll" && this.failures < 2) return 0;
    return Math.min(30_000, 500 * 2 ** this.failures) * (0.5 + Math.random());
  }

  private hear(frame: ServerFrame): void {
    this.heardAt = Date.now();
    // The device said it had no network, and the line has held all the same.
    const isBack = this.isWelcome && this.state === "offline";
    if (isBack && globalThis.navigator?.onLine !== false) this.become("live");
    switch (frame.t) {
      case "welcome":
        return this.welcome(frame.ping_seconds, frame.server_time);
      case "event":
        return this.topics.event(frame);
      case "signal":
        for (const listener of this.signalListeners.get(frame.type) ?? []) {
          listener(frame.data as never, frame.topic);
        }
        return;
      case "ack":
        return this.answered(frame.id, (pending) => pending.resolve(frame.data as never));
      case "problem":
        return this.problemHeard(frame);
      case "subscribed":
        return this.topics.subscribed(frame.topic, frame.seq);
      case "resync":
        void this.topics.resync(frame.topic, frame.reason === "slow");
        return;
    }
  }

  private welcome(pingSeconds: number, serverTime: string): void {
    clearTimeout(this.welcomeTimer);
    this.isWelcome = this.wasLive = true;
    this.failures = 0;
    this.problem = null;
    this.pingMs = pingSeconds * 1000;
    this.clockOffset = Date.parse(serverTime) - Date.now();
    this.aliveTimer = setInterval(() => this.check(this.pingMs), 5_000);
    this.topics.joinAll();
    for (const { frame } of this.lanes.first()) this.write(frame);
    clearTimeout(this.backTimer);
    if (this.transport === "websocket") this.hadSocket = true;
    else this.tryBackLater();
    this.become("live");
  }

  private answered(id: string, settle: (pending: Pending) => void): void {
    const pending = this.lanes.get(id);
    if (!pending) return;
    const next = this.lanes.done(id);
    if (next) this.write(next.frame);
    settle(pending);
  }

  /** Whether sockets work by now is found out beside the line that works. */
  private tryBack(): void {
    const probe = new WebSocket(`${this.base.replace(/^http/, "ws")}/realtime`);
    probe.onopen = () => {
      probe.close();
      if (this.transport !== "poll" || this.state !== "live") return;
      this.transport = "websocket";
      this.reconnect();
    };
    probe.onerror = () => this.tryBackLater();
  }

  private tryBackLater(): void {
    const pause = this.hadSocket ? BACK_SOON_MS : BACK_TO_SOCKET_MS;
    this.backTimer = setTimeout(() => this.tryBack(), pause * (0.5 + Math.random()));
  }

  private problemHeard(frame: ProblemFrame): void {
    const wait = frame.status === 503 ? 2 : frame.retry_after_seconds;
    if (frame.id) {
      const { id } = frame;
      if (!wait) return this.answered(id, (pending) => pending.reject(new Refusal(frame)));
      const again = () => {
        const pending = this.lanes.get(id);
        if (pending) this.write(pending.frame);
      };
      setTimeout(again, wait * 1000 * (1 + Math.random()));
    } else if (frame.topic) {
      this.topics.refused(frame.topic, frame, wait);
    } else {
      this.problem = frame;
    }
  }

  /** Asks for a sign of life after `silence`, and begins anew when none came. */
  private check(silence: number): void {
    const quiet = Date.now() - this.heardAt;
    if (quiet > silence + ANSWER_MS) this.lost(0);
    else if (quiet > silence) this.write({ t: "ping" });
  }

  private readonly wake = (): void => {
    if (globalThis.document?.visibilityState === "hidden") return;
    if (this.isWelcome) {
      const asked = Date.now();
      const { line } = this;
      this.write({ t: "ping" });
      setTimeout(() => {
        if (this.line === line && this.isWelcome && this.heardAt < asked) this.lost(0);
      }, ANSWER_MS / 2);
    } else if (this.state === "offline" || this.state === "resuming") {
      this.drop();
      this.open();
    }
  };

  private readonly slept = (): void => {
    if (this.state === "live" || this.state === "resuming") this.become("offline");
  };
}
