/* The program of the tests in a real browser: one call's sound, and a far end in the same page that
   answers offers, speaks with a tone and says how loud it hears which tones. */
import {
  type AudioState,
  CallOver,
  createCallAudio,
  listDevices,
  type MicrophoneProblem,
  type Quality,
  type StartOptions,
} from "../src/index.ts";

const SPEAKS_HZ = 620;

class FarEnd {
  readonly offers: string[] = [];
  /** What `connect` does next, instead of answering. */
  readonly troubles: Error[] = [];
  private readonly context = new AudioContext();
  private readonly ear = this.context.createAnalyser();
  private readonly voice = this.context.createMediaStreamDestination();
  private peer: RTCPeerConnection | undefined;
  private readonly player = new Audio();

  constructor() {
    this.ear.fftSize = 8192;
    this.ear.smoothingTimeConstant = 0;
    const tone = this.context.createOscillator();
    tone.frequency.value = SPEAKS_HZ;
    tone.connect(this.voice);
    tone.start();
    this.player.muted = true;
  }

  readonly answer = async (sdp: string): Promise<string> => {
    this.offers.push(sdp);
    const trouble = this.troubles.shift();
    if (trouble) throw trouble;
    this.hangUp();
    const peer = new RTCPeerConnection();
    this.peer = peer;
    for (const track of this.voice.stream.getTracks()) peer.addTrack(track, this.voice.stream);
    peer.ontrack = ({ track }) => {
      const stream = new MediaStream([track]);
      // Chromium lets nothing through until an element plays it.
      this.player.srcObject = stream;
      void this.player.play();
      this.context.createMediaStreamSource(stream).connect(this.ear);
    };
    await peer.setRemoteDescription({ type: "offer", sdp });
    await peer.setLocalDescription(await peer.createAnswer());
    // The server's answer has its candidates: here they are waited for.
    while (peer.iceGatheringState !== "complete") await new Promise((r) => setTimeout(r, 10));
    return peer.localDescription?.sdp ?? "";
  };

  hangUp(): void {
    this.peer?.close();
    this.ear.disconnect();
  }

  async packets(): Promise<number> {
    for (const stat of (await this.peer?.getStats())?.values() ?? []) {
      if (stat.type === "inbound-rtp") return stat.packetsReceived;
    }
    return 0;
  }

  /** Decibels at a frequency, and of the loudest of all. */
  hears(hertz: number): { tone: number; loudest: number } {
    const bins = new Float32Array(this.ear.frequencyBinCount);
    this.ear.getFloatFrequencyData(bins);
    const at = Math.round((hertz * this.ear.fftSize) / this.context.sampleRate);
    return { tone: Math.max(...bins.slice(at - 2, at + 3)), loudest: Math.max(...bins.slice(8)) };
  }
}

const far = new FarEnd();
const states: AudioState[] = [];
const levels = { own: 0, other: 0 };
let quality: { quality: Quality; verdict: string | null } | undefined;
const suppressing: boolean[] = [];
const audio = createCallAudio({
  onSuppressing: (isSuppressing) => suppressing.push(isSuppressing),
  connect: far.answer,
  onState: (state) => states.push(state),
  onLevel: (now) => Object.assign(levels, now),
  onQuality: (now, verdict) => {
    quality = { quality: now, verdict };
  },
});

Object.assign(window, {
  rtc: {
    far,
    audio,
    states,
    levels,
    suppressing,
    listDevices,
    quality: () => quality,
    over: () => far.troubles.push(new CallOver()),
    fail: () => far.troubles.push(new Error("no server")),
    start: (options: StartOptions) =>
      audio.start(options).then(
        () => "ok",
        (problem: MicrophoneProblem) => problem.reason,
      ),
  },
});
