import type { Levels } from "./level.ts";
import { type AudioState, Line } from "./line.ts";
import { MicrophoneProblem } from "./microphone.ts";
import { isSuppressionWise } from "./noise.ts";
import { type Quality, type Verdict, verdictOf } from "./quality.ts";
import { Source } from "./source.ts";

export interface CallAudioOptions {
  /** Exchanges our offer for the server's answer; throws `CallOver` when there is no call. */
  readonly connect: (sdp: string) => Promise<string>;
  /** Relays for networks that block UDP; asked for at every connection. */
  readonly iceServers?: () => Promise<RTCIceServer[]>;
  readonly onState?: (state: AudioState, problem?: unknown) => void;
  /** Ten times a second: how loud the microphone and the other side are, 0 to 1. */
  readonly onLevel?: (levels: Levels) => void;
  /** Every two seconds while connected. */
  readonly onQuality?: (quality: Quality, verdict: Verdict | null) => void;
  /** The microphone went away during the call, or none could be opened. */
  readonly onMicrophone?: (problem: MicrophoneProblem) => void;
  /** Noise is taken out from now on, or no longer. */
  readonly onSuppressing?: (isSuppressing: boolean) => void;
  /** The browser plays nothing until the person clicks: call `unblock()` from that click. */
  readonly onBlocked?: (isBlocked: boolean) => void;
}

export interface StartOptions {
  /** false: only listens; `setMicrophone` adds one later. */
  readonly microphone?: boolean;
  readonly microphoneId?: string;
  readonly speakerId?: string;
  /** Left out: as is wise on this device. */
  readonly noiseSuppression?: boolean;
  readonly isMuted?: boolean;
}

/** The sound of one call's leg in this page. */
export interface CallAudio {
  readonly state: AudioState;
  readonly hasMicrophone: boolean;
  readonly microphoneId: string;
  readonly speakerId: string;
  readonly isMuted: boolean;
  readonly isSuppressing: boolean;
  /** Asks for the microphone, then connects by itself.
   * @throws MicrophoneProblem: `start({ microphone: false })` listens without one. */
  start(options?: StartOptions): Promise<void>;
  /** @throws MicrophoneProblem: the one before goes on. */
  setMicrophone(deviceId?: string): Promise<void>;
  /** Resolves to whether this browser can do that. */
  setSpeaker(deviceId: string): Promise<boolean>;
  setMuted(isMuted: boolean): void;
  /** Resolves to whether noise is taken out now. */
  setNoiseSuppression(isOn: boolean): Promise<boolean>;
  /** A fresh connection at once: after the socket came back, or when a person asks. */
  reconnect(): void;
  /** Plays what the browser held back; call it from a click. */
  unblock(): void;
  close(): void;
}

class Audio implements CallAudio {
  speakerId = "";
  private readonly options: CallAudioOptions;
  private readonly line: Line;
  private readonly player = document.createElement("audio");
  private source: Source | undefined;

  constructor(options: CallAudioOptions) {
    this.options = options;
    this.player.autoplay = true;
    this.line = new Line({
      connect: options.connect,
      iceServers: async () => (await options.iceServers?.().catch(() => [])) ?? [],
      onState: (state, problem) => this.changed(state, problem),
      onStream: (stream) => this.hear(stream),
      onQuality: (quality) => options.onQuality?.(quality, verdictOf(quality)),
    });
  }

  get state() {
    return this.line.state;
  }
  get hasMicrophone() {
    return this.source?.hasMicrophone ?? false;
  }
  get microphoneId() {
    return this.source?.microphoneId ?? "";
  }
  get isMuted() {
    return this.source?.isMuted ?? false;
  }
  get isSuppressing() {
    return this.source?.isSuppressing ?? false;
  }

  async start(options: StartOptions = {}): Promise<void> {
    if (!("RTCPeerConnection" in globalThis)) throw new MicrophoneProblem("unsupported");
    if (this.isOver()) return;
    const source = this.ensureSource();
    // Before anything is waited for: whoever mutes meanwhile stays muted.
    source.mute(options.isMuted ?? false);
    if (options.speakerId) await this.setSpeaker(options.speakerId);
    if (this.isOver()) return;
    if (options.microphone !== false) {
      this.line.become("asking");
      try {
        await source.open(options.microphoneId);
      } catch (problem) {
        if (this.state === "asking") this.line.become("idle");
        throw problem;
      }
      if (this.isOver()) return;
      // Not waited for: the first words are worth more than a quiet background.
      if (options.noiseSuppression ?? isSuppressionWise()) void this.setNoiseSuppression(true);
    }
    await this.line.send(source.track);
    this.line.reconnect();
  }

  async setMicrophone(deviceId?: string): Promise<void> {
    // Nobody would let go of a microphone that is opened after the end.
    if (this.isOver()) return;
    const source = this.ensureSource();
    await source.open(deviceId);
  }

  async setSpeaker(deviceId: string): Promise<boolean> {
    if (!("setSinkId" in this.player)) return false;
    try {
      await this.player.setSinkId(deviceId);
    } catch {
      return false; // unplugged, or not allowed in this frame: the sound stays where it is
    }
    this.speakerId = deviceId;
    return true;
  }

  setMuted(isMuted: boolean): void {
    this.source?.mute(isMuted);
  }

  async setNoiseSuppression(isOn: boolean): Promise<boolean> {
    const isSuppressing = (await this.source?.suppress(isOn)) ?? false;
    this.options.onSuppressing?.(isSuppressing);
    return isSuppressing;
  }

  reconnect(): void {
    if (this.state !== "idle" && this.state !== "asking") this.line.reconnect();
  }

  unblock(): void {
    this.source?.wake();
    this.play();
  }

  close(): void {
    this.line.close();
  }

  private isOver(): boolean {
    return this.state === "closed" || this.state === "failed";
  }

  private ensureSource(): Source {
    this.source ??= new Source({
      onLevel: (levels) => this.options.onLevel?.(levels),
      onLost: (problem) => this.options.onMicrophone?.(problem),
      onTrack: (track) => void this.line.send(track),
    });
    return this.source;
  }

  private changed(state: AudioState, problem: unknown) {
    if (state === "closed" || state === "failed") {
      this.source?.close();
      this.source = undefined;
      this.player.srcObject = null;
    }
    this.options.onState?.(state, problem);
  }

  private hear(stream: MediaStream) {
    this.player.srcObject = stream;
    this.source?.measure(stream);
    this.play();
  }

  private play() {
    this.player.play().then(
      () => this.options.onBlocked?.(false),
      (problem) => {
        if ((problem as DOMException).name === "NotAllowedError") this.options.onBlocked?.(true);
      },
    );
  }
}

/** The sound of a call that has not begun; `start()` begins it. */
export function createCallAudio(options: CallAudioOptions): CallAudio {
  return new Audio(options);
}
