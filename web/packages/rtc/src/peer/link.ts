// One line between this page and another page of the call. One side leads: only it makes offers, and
// the other asks it for one, so that two never meet (decision 0031). Signals may be lost, and all of
// it starts afresh whenever the other page is loaded anew.
import type { Ask, Candidate, Description, PeerMessage, Shows, Source } from "./messages.ts";

export type LinkState = "new" | "connecting" | "live" | "broken" | "failed";

export interface Outgoing {
  stream: MediaStream; // holds the track; its id is what `Shows` names
  track: MediaStreamTrack;
}

export interface LinkWiring {
  /** Whether this side makes the offers; just one of the two does. */
  isLeading: boolean;
  send(message: PeerMessage): void;
  iceServers(): Promise<RTCIceServer[]>;
  shows(): Shows;
  stateChanged(state: LinkState): void;
  streamsChanged(): void;
}

const ANSWER_MS = 4_000;
const BREAK_MS = 3_000;
const GIVE_UP_MS = 30_000;
const FIRST_MS = 4_000;
/* Their places in every description. */
const PLACES: readonly Source[] = ["camera", "screen"];

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
  private readonly outgoing = new Map<Source, Outgoing>();
  private work: Promise<void>;
  private round = 0; // of the newest offer; an answer to an earlier one comes too late
  private asked: Ask["reason"] | null = null; // following: until an offer comes
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
      if (outgoing) this.outgoing.set(source, outgoing);
      else this.outgoing.delete(source);
      if (this.transceivers.has(source)) await this.place(source);
      else this.offerOrAsk(pc);
    });
  }

  /** The sender of a source, while it is shown. */
  senderOf(source: Source): RTCRtpSender | null {
    const sender = this.transceivers.get(source)?.sender;
    return sender?.track ? sender : null;
  }

  /** Takes in what the other page says of the line, in the order it came. */
  hear(message: Description | Candidate | Ask): Promise<void> {
    return this.inTurn((pc) => {
      switch (message.kind) {
        case "description":
          return message.description.type === "offer"
            ? this.heardOffer(pc, message)
            : this.heardAnswer(pc, message);
        case "candidate":
          return this.heardCandidate(pc, message.candidate);
        case "ask":
          return this.heardAsk(pc, message);
      }
    });
  }

  /** What may have been lost while there was no way to signal is said again. */
  signalsAreBack(): void {
    this.inTurn(async (pc) => {
      if (this.asked) this.ask(this.asked);
      else if (pc.signalingState === "have-local-offer") this.sendDescription(pc);
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
    pc.onnegotiationneeded = () => this.offerOrAsk(pc);
    pc.onicecandidate = ({ candidate }) => {
      if (candidate) this.send({ kind: "candidate", candidate: candidate.toJSON() });
    };
    pc.onconnectionstatechange = () => this.connectionChanged(pc);
    pc.oniceconnectionstatechange = () => this.connectionChanged(pc);
    pc.ontrack = ({ track, streams }) => this.trackCame(track, streams[0]);
    if (!this.wiring.isLeading) return pc;
    for (const source of PLACES) {
      this.transceivers.set(source, pc.addTransceiver("video", { direction: "recvonly" }));
    }
    return pc;
  }

  /** What is sent in this place is what is shown. */
  private async place(source: Source): Promise<void> {
    const transceiver = this.transceivers.get(source);
    if (!transceiver) return;
    const outgoing = this.outgoing.get(source);
    transceiver.direction = outgoing ? "sendrecv" : "recvonly";
    if (outgoing) transceiver.sender.setStreams(outgoing.stream);
    await transceiver.sender.replaceTrack(outgoing?.track ?? null);
  }

  private offerOrAsk(pc: RTCPeerConnection): void {
    if (this.wiring.isLeading) void this.inTurn(() => this.offer(pc));
    else this.ask("change");
  }

  private async offer(pc: RTCPeerConnection): Promise<void> {
    // One is under way. Its answer takes in what the other side asks meanwhile, for signals keep their
    // order, and what changed on this side is offered by the browser itself after it.
    if (pc.signalingState !== "stable") return;
    await pc.setLocalDescription();
    this.round += 1;
    this.sendDescription(pc);
    this.begin();
  }

  private ask(reason: Ask["reason"]): void {
    this.asked = this.asked === "broken" ? "broken" : reason;
    this.send({ kind: "ask", reason: this.asked });
    this.begin();
    this.repeatUnheard();
  }

  private async heardAsk(pc: RTCPeerConnection, { reason }: Ask): Promise<void> {
    if (!this.wiring.isLeading) return;
    if (reason === "broken") await this.renew(pc);
    else await this.offer(pc);
  }

  private async heardOffer(pc: RTCPeerConnection, heard: Description): Promise<void> {
    if (this.wiring.isLeading || heard.round < this.round) return;
    this.round = heard.round;
    this.asked = null;
    clearTimeout(this.answerTimer);
    await pc.setRemoteDescription(heard.description);
    for (const [at, transceiver] of pc.getTransceivers().entries()) {
      const source = PLACES[at];
      if (source) this.transceivers.set(source, transceiver);
    }
    for (const source of PLACES) await this.place(source);
    await pc.setLocalDescription();
    this.sendDescription(pc);
    this.begin();
  }

  private async heardAnswer(pc: RTCPeerConnection, heard: Description): Promise<void> {
    if (pc.signalingState !== "have-local-offer" || heard.round !== this.round) return;
    clearTimeout(this.answerTimer);
    await pc.setRemoteDescription(heard.description);
  }

  private async heardCandidate(pc: RTCPeerConnection, candidate: RTCIceCandidateInit) {
    // Before a description it belongs to one that was lost, and comes with it again.
    if (pc.remoteDescription) await pc.addIceCandidate(candidate);
  }

  private sendDescription(pc: RTCPeerConnection): void {
    const description = pc.localDescription;
    if (!description) return;
    this.send({
      kind: "description",
      description: { type: description.type, sdp: description.sdp },
      round: this.round,
      shows: this.wiring.shows(),
    });
    if (description.type === "offer") this.repeatUnheard();
  }

  private repeatUnheard(): void {
    clearTimeout(this.answerTimer);
    this.answerTimer = setTimeout(() => this.signalsAreBack(), ANSWER_MS);
  }

  private send(message: Bare<Description> | Bare<Candidate> | Bare<Ask>): void {
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

  private async restart(pc: RTCPeerConnection): Promise<void> {
    if (pc.connectionState === "connected" && pc.iceConnectionState !== "disconnected") return;
    this.brokenAt ||= Date.now();
    this.become("broken");
    await this.renew(pc);
    // Where the restart is not heard either, the next one follows.
    clearTimeout(this.breakTimer);
    this.breakTimer = setTimeout(() => this.connectionLags(pc), GIVE_UP_MS / 3);
  }

  /** New addresses, and relays whose credentials are good again. */
  private async renew(pc: RTCPeerConnection): Promise<void> {
    pc.setConfiguration({ ...pc.getConfiguration(), iceServers: await this.wiring.iceServers() });
    if (this.wiring.isLeading) pc.restartIce();
    else this.ask("broken");
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

  private begin(): void {
    if (this.state === "new") this.become("connecting");
  }

  private become(state: LinkState): void {
    if (this.state === state || this.isClosed) return;
    this.state = state;
    if (state === "connecting") this.watchFirst();
    this.wiring.stateChanged(state);
  }
}

type Bare<Message extends { page: string; to: string }> = Omit<Message, "page" | "to">;
