import { Meter } from "./level.ts";
import { MicrophoneProblem, openMicrophone } from "./microphone.ts";
import { createSuppressor } from "./noise.ts";

export interface SourceOptions {
  readonly onLevel: (levels: { own: number; other: number }) => void;
  /** The microphone was pulled out or taken away, and no other took its place. */
  readonly onLost: (problem: MicrophoneProblem) => void;
  /** The track to send is another one from now on. */
  readonly onTrack: (track: MediaStreamTrack) => void;
}

/* Firefox takes no microphone into a context of another rate than the device's. */
function createContext(): AudioContext {
  try {
    return new AudioContext({ sampleRate: 48_000, latencyHint: "interactive" });
  } catch {
    return new AudioContext();
  }
}

/**
 * What is sent: the microphone as it is, or with its noise taken out, or silence.
 *
 *     microphone -> (suppressor -> destination) -> track;  microphone or suppressor -> own meter
 */
export class Source {
  readonly context = createContext();
  microphoneId = "";
  isMuted = false;
  private readonly options: SourceOptions;
  private readonly meter: Meter;
  private readonly silence = this.context.createMediaStreamDestination();
  private stream: MediaStream | undefined;
  private input: AudioNode | undefined;
  private heard: AudioNode | undefined;
  private suppressor: AudioWorkletNode | undefined;
  private isSuppressed = false;

  constructor(options: SourceOptions) {
    this.options = options;
    this.meter = new Meter(this.context, options.onLevel);
    this.wake();
  }

  get hasMicrophone(): boolean {
    return this.stream !== undefined;
  }

  /** Whether noise is taken out right now. */
  get isSuppressing(): boolean {
    return this.suppressor !== undefined;
  }

  get track(): MediaStreamTrack {
    const clean = this.suppressor ? this.silence.stream : this.stream;
    return (clean ?? this.silence.stream).getAudioTracks()[0] as MediaStreamTrack;
  }

  /** Sound flows through the graph; browsers hold it until the person has done something. */
  wake(): void {
    if (this.context.state !== "running") this.context.resume().catch(() => undefined);
  }

  /** Speaks into this microphone from now on. @throws MicrophoneProblem, and keeps the old one. */
  async open(deviceId: string | undefined): Promise<void> {
    const stream = await openMicrophone(deviceId, this.isSuppressed);
    if (this.context.state === "closed") return stop(stream);
    this.letGo();
    this.stream = stream;
    const [track] = stream.getAudioTracks();
    if (!track) throw new MicrophoneProblem("missing");
    this.microphoneId = track.getSettings().deviceId ?? deviceId ?? "";
    track.enabled = !this.isMuted;
    track.onended = () => this.replace();
    try {
      this.input = this.context.createMediaStreamSource(stream);
    } catch {
      this.input = undefined; // another sample rate: neither meter nor suppressor, but a voice
    }
    this.rewire();
    this.options.onTrack(this.track);
  }

  mute(isMuted: boolean): void {
    this.isMuted = isMuted;
    for (const track of this.stream?.getAudioTracks() ?? []) track.enabled = !isMuted;
  }

  /** Takes noise out, or stops it; returns what is true afterwards. */
  async suppress(isWanted: boolean): Promise<boolean> {
    this.isSuppressed = isWanted;
    if (isWanted && !this.suppressor) {
      const node = await createSuppressor(this.context).catch(() => undefined);
      if (!node || !this.isSuppressed || this.context.state === "closed") return this.isSuppressing;
      node.onprocessorerror = () => void this.suppress(false);
      this.suppressor = node;
    } else if (!isWanted && this.suppressor) {
      this.suppressor.port.postMessage("destroy");
      this.suppressor.disconnect();
      this.suppressor = undefined;
    }
    this.rewire();
    const [track] = this.stream?.getAudioTracks() ?? [];
    // Where the browser cannot change it on the fly, both stay on.
    await track?.applyConstraints({ noiseSuppression: !this.isSuppressing }).catch(() => undefined);
    this.options.onTrack(this.track);
    return this.isSuppressing;
  }

  /** The other side's sound is measured. */
  measure(stream: MediaStream): void {
    this.heard?.disconnect();
    this.heard = this.context.createMediaStreamSource(stream);
    this.heard.connect(this.meter.other);
  }

  close(): void {
    this.meter.close();
    this.letGo();
    this.suppressor?.port.postMessage("destroy");
    this.suppressor = undefined;
    if (this.context.state !== "closed") void this.context.close();
  }

  private rewire() {
    this.input?.disconnect();
    this.suppressor?.disconnect();
    if (!this.input) return;
    if (this.suppressor) {
      this.input.connect(this.suppressor);
      this.suppressor.connect(this.silence);
      this.suppressor.connect(this.meter.own);
    } else this.input.connect(this.meter.own);
  }

  private replace() {
    this.letGo();
    this.open(undefined).catch((problem) => {
      this.microphoneId = "";
      this.options.onTrack(this.track);
      this.options.onLost(problem as MicrophoneProblem);
    });
  }

  private letGo() {
    this.input?.disconnect();
    this.input = undefined;
    if (this.stream) stop(this.stream);
    this.stream = undefined;
  }
}

function stop(stream: MediaStream) {
  for (const track of stream.getTracks()) {
    track.onended = null;
    track.stop();
  }
}
