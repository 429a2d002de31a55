// One line between this page and another page of the call: perfect negotiation (W3C WebRTC,
// section 10.7) over signals that may be lost, with a fresh start whenever the other page is loaded
// anew.
import type { Candidate, Description, PeerMessage, Shows, Source } from "./messages.ts";

export type LinkState = "new" | "connecting" | "live" | "broken" | "failed";

export interface Outgoing {
  stream: MediaStream; // holds the track; its id is what `Shows` names
  track: MediaStreamTrack;
}

export interface LinkWiring {
  /** Whether this side gives way when both offer at once. */
  isPolite: boolean;
  send(message: PeerMessage): void;
  iceServers(): Promise<RTCIceServer[]>;
  shows(): Shows;
  stateChanged(state: LinkState): void;
  streamsChanged(): void;
}

const ANSWER_MS = 4_000;
const BREAK_MS = 3_000;
const GIVE_UP_MS = 30_000;
/* Two offers at the same moment can leave a browser with addresses of the one that gave way. */
const FIRST_MS = 4_000;

export class Link {
  state: LinkState = "new";
  /** What the other page sends, by the id of its stream. */
  readonly streams = new Map<string, MediaStream>();

  private readonly pc: Promise<RTCPeerConnection>;
  private connection: RTCPeerConnection | null = null;
  private readonly transceivers = new Map<Source, RTCRtpTransceiver>();
  private readonly page: string;
  private readonly to: string;
  private readonly wiring: LinkWiring;
  private work: Promise<void>;
  private isMakingOffer = false;
  private isSettingAnswer = false;
  private ignoresOffer = false;
  private isClosed = false;
  private brokenAt = 0;
  private answerTimer: ReturnType<typeof setTimeout> | undefined;
  private breakTimer: ReturnType<typeof setTimeout> | undefined;

  constructor(page: string, to: string, wiring: LinkWiring) {
    this.page = page;
    this.to = to;
    this.wiring = wiring;
    this.pc = this.open();
    this.work = this.pc.then(() => undefined);
  }

  /** Sends this track as `source`, or nothing any more. */
  show(source: Source, outgoing: Outgoing | null): Promise<void> {
    return this.inTurn(async (pc) => {
      const known = this.transceivers.get(source);
      if (known) {
        await known.sender.replaceTrack(outgoing?.track ?? null);
        known.direction = outgoing ? "sendonly" : "inactive";
        return;
      }
      if (!outgoing) return;
      const fresh = pc.addTransceiver(outgoing.track, {
        direction: "sendonly",
        streams: [outgoing.stream],
      });
      this.transceivers.set(source, fresh);
    });
  }

  /** The sender of a source, while it is shown. */
  senderOf(source: Source): RTCRtpSender | null {
    const sender = this.transceivers.get(source)?.sender;
    return sender?.track ? sender : null;
  }

  /** Takes in a description or a candidate of the other page, in the order they came. */
  hear(message: Description | Candidate): Promise<void> {
    return this.inTurn((pc) =>
      message.kind === "description"
        ? this.heardDescription(pc, message.description)
        : this.heardCandidate(pc, message.candidate),
    );
  }

  /** What may have been lost while there was no way to signal is said again. */
  signalsAreBack(): void {
    this.inTurn(async (pc) => {
      if (pc.signalingState === "have-local-offer") this.sendDescription(pc);
      else if (this.state === "broken" || this.state === "failed") await this.restart(pc);
    });
  }

  /** Tries once more, by whatever way there is by now. */
  tryAgain(): void {
    this.brokenAt = 0;
    this.inTurn((pc) => this.restart(pc));
  }

  async stats(): Promise<RTCStatsReport | null> {
    return this.connection?.getStats() ?? null;
  }

  close(): void {
    this.isClosed = true;
    clearTimeout(this.answerTimer);
    clearTimeout(this.breakTimer);
    this.connection?.close();
  }

  private inTurn(act: (pc: RTCPeerConnection) => Promise<void>): Promise<void> {
    this.work = this.work.then(async () => {
      if (this.isClosed) return;
      try {
        await act(await this.pc);
      } catch (error) {
        // A page that was closed meanwhile fails everything; what else fails is mended by a restart.
        if (!this.isClosed) console.warn("video line", error);
      }
    });
    return this.work;
  }

  private async open(): Promise<RTCPeerConnection> {
    const iceServers = await this.wiring.iceServers();
    const pc = new RTCPeerConnection({ iceServers, bundlePolicy: "max-bundle" });
    this.connection = pc;
    if (this.isClosed) pc.close();
    pc.onnegotiationneeded = () => this.offer(pc);
    pc.onicecandidate = ({ candidate }) => {
      if (candidate) this.send({ kind: "candidate", candidate: candidate.toJSON() });
    };
    pc.onconnectionstatechange = () => this.connectionChanged(pc);
    pc.oniceconnectionstatechange = () => this.connectionChanged(pc);
    pc.ontrack = ({ track, streams }) => this.trackCame(track, streams[0]);
    return pc;
  }

  private async offer(pc: RTCPeerConnection): Promise<void> {
    try {
      this.isMakingOffer = true;
      await pc.setLocalDescription();
      this.sendDescription(pc);
      this.become(this.state === "new" ? "connecting" : this.state);
    } catch (error) {
      if (!this.isClosed) console.warn("video line", error);
    } finally {
      this.isMakingOffer = false;
    }
  }

  private async heardDescription(
    pc: RTCPeerConnection,
    description: RTCSessionDescriptionInit,
  ): Promise<void> {
    const isOffer = description.type === "offer";
    const isReady = !this.isMakingOffer && (pc.signalingState === "stable" || this.isSettingAnswer);
    this.ignoresOffer = isOffer && !isReady && !this.wiring.isPolite;
    if (this.ignoresOffer) return;
    if (!isOffer && pc.signalingState !== "have-local-offer") return; // an answer heard twice
    this.isSettingAnswer = !isOffer;
    try {
      await pc.setRemoteDescription(description);
    } finally {
      this.isSettingAnswer = false;
    }
    if (!isOffer) return clearTimeout(this.answerTimer);
    await pc.setLocalDescription();
    this.sendDescription(pc);
    this.become(this.state === "new" ? "connecting" : this.state);
  }

  private async heardCandidate(pc: RTCPeerConnection, candidate: RTCIceCandidateInit) {
    try {
      await pc.addIceCandidate(candidate);
    } catch (error) {
      if (!this.ignoresOffer && pc.remoteDescription) throw error;
    }
  }

  private sendDescription(pc: RTCPeerConnection): void {
    const description = pc.localDescription;
    if (!description) return;
    this.send({
      kind: "description",
      description: { type: description.type, sdp: description.sdp },
      shows: this.wiring.shows(),
    });
    clearTimeout(this.answerTimer);
    if (description.type !== "offer") return;
    this.answerTimer = setTimeout(() => this.signalsAreBack(), ANSWER_MS);
  }

  private send(message: Bare<Description> | Bare<Candidate>): void {
    if (!this.isClosed) this.wiring.send({ ...message, page: this.page, to: this.to });
  }

  private trackCame(track: MediaStreamTrack, stream: MediaStream | undefined): void {
    if (!stream) return;
    this.streams.set(stream.id, stream);
    track.onunmute = track.onmute = track.onended = () => this.wiring.streamsChanged();
    stream.onremovetrack = stream.onaddtrack = () => this.wiring.streamsChanged();
    this.wiring.streamsChanged();
  }

  private connectionChanged(pc: RTCPeerConnection): void {
    if (this.isClosed) return;
    const { connectionState, iceConnectionState } = pc;
    if (connectionState === "connected" && iceConnectionState !== "disconnected") {
      clearTimeout(this.breakTimer);
      this.brokenAt = 0;
      this.become("live");
    } else if (connectionState === "failed" || iceConnectionState === "failed") {
      this.mend(0);
    } else if (iceConnectionState === "disconnected") {
      this.mend(BREAK_MS); // most breaks heal by themselves
    }
  }

  private mend(pause: number): void {
    this.brokenAt ||= Date.now();
    const isHopeless = Date.now() - this.brokenAt > GIVE_UP_MS;
    this.become(isHopeless ? "failed" : "broken");
    clearTimeout(this.breakTimer);
    if (isHopeless) return;
    this.breakTimer = setTimeout(() => this.inTurn((pc) => this.restart(pc)), pause);
  }

  /** New addresses, and relays whose credentials are good again. */
  private async restart(pc: RTCPeerConnection): Promise<void> {
    if (pc.connectionState === "connected" && pc.iceConnectionState !== "disconnected") return;
    this.brokenAt ||= Date.now();
    this.become("broken");
    pc.setConfiguration({ ...pc.getConfiguration(), iceServers: await this.wiring.iceServers() });
    pc.restartIce();
    // Where the restart is not heard either, the next one follows.
    clearTimeout(this.breakTimer);
    this.breakTimer = setTimeout(() => this.connectionLags(pc), GIVE_UP_MS / 3);
  }

  private connectionLags(pc: RTCPeerConnection): void {
    if (this.isClosed || this.state === "live") return;
    if (pc.connectionState !== "connected") this.mend(0);
  }

  /** A line that does not come about by itself is begun anew, like one that broke. */
  private watchFirst(): void {
    clearTimeout(this.breakTimer);
    this.breakTimer = setTimeout(() => {
      if (this.state === "connecting") this.inTurn((pc) => this.restart(pc));
    }, FIRST_MS);
  }

  private become(state: LinkState): void {
    if (this.state === state || this.isClosed) return;
    this.state = state;
    if (state === "connecting") this.watchFirst();
    this.wiring.stateChanged(state);
  }
}

type Bare<Message extends { page: string; to: string }> = Omit<Message, "page" | "to">;
