import { type Counters, type Quality, readingOf } from "./quality.ts";

/**
 * idle: not begun. asking: for the microphone. connecting: the first time. connected: sound flows.
 * away: it broke and is coming back, however long that takes. failed: the call does not want this
 * line any more. closed: by `close()`.
 */
export type AudioState =
  | "idle"
  | "asking"
  | "connecting"
  | "connected"
  | "away"
  | "failed"
  | "closed";

/** Thrown by `connect`: the call is over or another page speaks for it; no further try. */
export class CallOver extends Error {}

export interface LineOptions {
  /** Exchanges our offer for the answer. */
  readonly connect: (sdp: string) => Promise<string>;
  readonly iceServers: () => Promise<RTCIceServer[]>;
  readonly onState: (state: AudioState, problem?: unknown) => void;
  readonly onStream: (stream: MediaStream) => void;
  readonly onQuality: (quality: Quality) => void;
  /** For tests without a browser. */
  readonly createPeer?: (configuration: RTCConfiguration) => RTCPeerConnection;
}

/** A break shorter than this mends itself. */
const PATIENCE_MS = 1_000;
const CONNECT_MS = 8_000;
const QUALITY_MS = 2_000;
const FIRST_PAUSE_MS = 300;
const LONGEST_PAUSE_MS = 5_000;

/** How long to wait before the next try after so many failures in a row. */
export function pauseAfter(failures: number, random: number): number {
  const pause = Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** Math.min(failures, 10));
  return pause * (0.5 + random / 2);
}

/** One leg's sound, over any number of peer connections: when one breaks a fresh one is made, for
 * as long as it takes. One try is under way at a time. */
export class Line {
  state: AudioState = "idle";
  private readonly options: LineOptions;
  private peer: RTCPeerConnection | undefined;
  private track: MediaStreamTrack | null = null;
  private counters: Counters | undefined;
  private failures = 0;
  private wasConnected = false;
  private isTrying = false;
  private isWanted = false; // asked for again during a try
  private pauseTimer: ReturnType<typeof setTimeout> | undefined;
  private brokenTimer: ReturnType<typeof setTimeout> | undefined;
  private readonly qualityTimer;

  constructor(options: LineOptions) {
    this.options = options;
    this.qualityTimer = setInterval(() => this.measure(), QUALITY_MS);
    globalThis.addEventListener?.("online", this.reconnect);
  }

  /** What is sent, from now on and over every connection to come; null sends nothing. */
  async send(track: MediaStreamTrack | null): Promise<void> {
    this.track = track;
    const [sender] = this.peer?.getSenders() ?? [];
    await sender?.replaceTrack(track);
  }

  /** A fresh connection, now; the old one is heard until its successor is answered. */
  readonly reconnect = (): void => {
    if (this.isOver()) return;
    clearTimeout(this.pauseTimer);
    clearTimeout(this.brokenTimer);
    if (this.isTrying) this.isWanted = true;
    else void this.try();
  };

  become(state: AudioState, problem?: unknown): void {
    if (this.state === state) return;
    this.state = state;
    this.options.onState(state, problem);
  }

  close(): void {
    this.end("closed");
  }

  private isOver(): boolean {
    return this.state === "closed" || this.state === "failed";
  }

  private end(state: "closed" | "failed", problem?: unknown) {
    clearTimeout(this.pauseTimer);
    clearTimeout(this.brokenTimer);
    clearInterval(this.qualityTimer);
    globalThis.removeEventListener?.("online", this.reconnect);
    this.peer?.close();
    this.peer = undefined;
    this.become(state, problem);
  }

  private async try(): Promise<void> {
    this.isTrying = true;
    this.isWanted = false;
    this.become(this.wasConnected ? "away" : "connecting");
    let problem: unknown;
    try {
      await this.dial();
      this.failures = 0;
    } catch (caught) {
      problem = caught;
    }
    this.isTrying = false;
    if (this.isOver()) return;
    if (problem instanceof CallOver) return this.end("failed", problem);
    if (this.isWanted) return this.try();
    if (problem) {
      this.pauseTimer = setTimeout(this.reconnect, pauseAfter(this.failures++, Math.random()));
    }
  }

  private async dial() {
    const create = this.options.createPeer ?? ((with_) => new RTCPeerConnection(with_));
    const iceServers = await this.options.iceServers();
    if (this.isOver()) return;
    const peer = create({ iceServers, bundlePolicy: "max-bundle" });
    try {
      await this.negotiate(peer);
      await this.connected(peer);
    } catch (problem) {
      peer.close();
      throw problem;
    }
  }

  private async negotiate(peer: RTCPeerConnection) {
    const transceiver = peer.addTransceiver(this.track ?? "audio", { direction: "sendrecv" });
    peer.ontrack = ({ track, streams }) => {
      this.options.onStream(streams[0] ?? new MediaStream([track]));
    };
    const offer = await peer.createOffer();
    await peer.setLocalDescription(offer);
    // Sent as it is: the server learns our address from our checks, nobody waits for candidates.
    const sdp = await this.options.connect(offer.sdp ?? "");
    if (this.isOver()) throw new CallOver();
    await peer.setRemoteDescription({ type: "answer", sdp });
    // Muted, unmuted or changed while the answer was on its way, or while that was done.
    while (transceiver.sender.track !== this.track) {
      await transceiver.sender.replaceTrack(this.track);
    }
    // Whoever closed the line meanwhile knew nothing of this connection.
    if (this.isOver()) throw new CallOver();
    this.peer?.close();
    this.peer = peer;
    this.counters = undefined;
  }

  private connected(peer: RTCPeerConnection): Promise<void> {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => reject(new Error("no way to the server")), CONNECT_MS);
      const look = () => {
        if (peer.connectionState === "connected") {
          clearTimeout(timer);
          this.wasConnected = true;
          this.watch(peer);
          this.become("connected");
          resolve();
        } else if (peer.connectionState === "failed" || peer.connectionState === "closed") {
          clearTimeout(timer);
          reject(new Error(peer.connectionState));
        }
      };
      peer.onconnectionstatechange = look;
      look();
    });
  }

  private watch(peer: RTCPeerConnection) {
    peer.onconnectionstatechange = () => {
      if (peer !== this.peer) return;
      clearTimeout(this.brokenTimer);
      if (peer.connectionState === "failed") this.reconnect();
      else if (peer.connectionState === "disconnected") {
        this.brokenTimer = setTimeout(this.reconnect, PATIENCE_MS);
      }
    };
  }

  private async measure() {
    const { peer } = this;
    if (!peer || this.state !== "connected") return;
    const report = await peer.getStats();
    if (peer !== this.peer) return;
    const { counters, quality } = readingOf(report.values(), this.counters);
    this.counters = counters;
    this.options.onQuality(quality);
  }
}
