// Video and screens of one call, as one page sees them: what it shows, what it is shown, and the
// lines between. Everything a view draws is a signal here.
import { batch, signal } from "@preact/signals";
import type { LinkState, LinkWiring } from "./link.ts";
import { type PeerMessage, readMessage, type Shown, type Source } from "./messages.ts";
import { ensureLink, newParty, type Party, stateOf, worst } from "./party.ts";
import { type Own, Stage, type StageWiring } from "./stage.ts";

/** A picture on the screen: one's own (`legId` null) or another's. */
export interface Picture {
  readonly legId: string | null;
  readonly source: Source;
  readonly stream: MediaStream;
  readonly shown: Shown;
  /** Whether frames come; a picture that stands still says so. */
  readonly isFlowing: boolean;
}

export interface SightWiring extends Omit<StageWiring, "put"> {
  ownLeg: string;
  send(toLeg: string | null, message: PeerMessage): void;
  iceServers(): Promise<RTCIceServer[]>;
  /** A still is wanted of what this page shows, or this is what became of one. */
  heardStill(fromLeg: string, step: StillStep, source: Source): void;
  isVoicePoor(): boolean;
}

export type StillStep = "wanted" | "asked" | "refused" | "sent" | "failed";

const LOOK_MS = 2_000;
const HELLO_MS = 3_000;
const HELLOS = 8;

export class Sight {
  readonly own = signal<readonly Picture[]>([]);
  readonly others = signal<readonly Picture[]>([]);
  readonly line = signal<LinkState>("new");
  readonly stage: Stage;

  private readonly page = newPageId();
  private readonly wiring: SightWiring;
  private readonly parties = new Map<string, Party>();
  private readonly early = new Map<string, PeerMessage[]>();
  private readonly gone = new Set<string>();
  private legs: readonly string[] = [];
  private hellos = 0;
  private isClosed = false;
  private helloTimer: ReturnType<typeof setTimeout> | undefined;
  private readonly lookTimer: ReturnType<typeof setInterval>;

  constructor(wiring: SightWiring) {
    this.wiring = wiring;
    this.lookTimer = setInterval(() => void this.look(), LOOK_MS);
    this.stage = new Stage({
      put: (source, own) => this.put(source, own),
      changed: (source, isOn) => wiring.changed(source, isOn),
      remember: (what) => wiring.remember(what),
      recall: () => wiring.recall(),
    });
  }

  // ---- who is there -----------------------------------------------------------------------------

  /** Who else talks in the call; lines to whoever left are closed. */
  setLegs(legs: readonly string[]): void {
    const fresh = legs.filter((leg) => !this.legs.includes(leg));
    this.legs = legs;
    for (const [leg, party] of this.parties) if (!legs.includes(leg)) this.part(party);
    if (fresh.length === 0) return;
    for (const leg of fresh) {
      for (const message of this.early.get(leg) ?? []) this.take(leg, message);
      this.early.delete(leg);
    }
    this.hellos = 0;
    this.sayHello();
  }

  /** A signal `call.peer` came. */
  hear(fromLeg: string, data: unknown): void {
    const message = readMessage(data);
    if (!message || this.isClosed || this.gone.has(message.page)) return;
    if (fromLeg === this.wiring.ownLeg) return; // another tab of one's own
    if ("to" in message && message.to !== this.page) return;
    if (this.legs.includes(fromLeg)) return this.take(fromLeg, message);
    // Their hello was faster than the news that they are here.
    this.early.set(fromLeg, [...(this.early.get(fromLeg) ?? []), message].slice(-40));
  }

  /** The socket is back: what was said meanwhile may be lost. */
  signalsAreBack(): void {
    this.hellos = 0;
    this.sayHello();
    for (const { link } of this.parties.values()) link?.signalsAreBack();
  }

  tryAgain(): void {
    for (const { link } of this.parties.values()) link?.tryAgain();
  }

  // ---- stills and sizes -------------------------------------------------------------------------

  tellStill(toLeg: string, step: StillStep, source: Source): void {
    const party = this.parties.get(toLeg);
    if (party) this.send(party, { kind: "still", step, source });
  }

  /** How high another's picture is drawn here, in pixels of the screen. */
  setDrawn(legId: string, source: Source, height: number): void {
    const party = this.parties.get(legId);
    if (party) this.send(party, { kind: "wish", heights: { [source]: height } });
  }

  /** Whether the pictures to or from this leg go through a relay. */
  routeTo(legId: string) {
    return this.parties.get(legId)?.pacer?.route ?? null;
  }

  /** Stops everything; the page is no longer in the call. */
  close(): void {
    this.isClosed = true;
    clearInterval(this.lookTimer);
    clearTimeout(this.helloTimer);
    this.stage.close();
    for (const { link } of this.parties.values()) link?.close();
    this.parties.clear();
    batch(() => {
      this.own.value = this.others.value = [];
      this.line.value = "new";
    });
  }

  // ---- inside -----------------------------------------------------------------------------------

  private take(fromLeg: string, message: PeerMessage): void {
    const party = this.meet(fromLeg, message.page);
    switch (message.kind) {
      case "hello":
        party.shows = message.shows;
        if (!message.isAnswer) this.hello(fromLeg, true);
        if (this.stage.sources.length > 0) this.linkTo(party);
        break;
      case "description":
        party.shows = message.shows;
        void this.linkTo(party).hear(message);
        break;
      case "ask":
        void this.linkTo(party).hear(message);
        break;
      case "candidate":
        void party.link?.hear(message);
        break;
      case "shows":
        party.shows = message.shows;
        break;
      case "wish":
        Object.assign(party.drawn, message.heights);
        void party.pacer?.apply(this.stage.sources, party.drawn);
        break;
      case "still":
        this.wiring.heardStill(fromLeg, message.step, message.source);
    }
    this.drawOthers();
  }

  /** The page that speaks for this leg now; the line to an earlier one is closed. */
  private meet(legId: string, page: string): Party {
    const known = this.parties.get(legId);
    if (known?.page === page) return known;
    if (known) {
      this.gone.add(known.page);
      known.link?.close();
    }
    const party = newParty(legId, page);
    this.parties.set(legId, party);
    return party;
  }

  private part(party: Party): void {
    party.link?.close();
    this.parties.delete(party.legId);
    this.drawOthers();
  }

  private sayHello(): void {
    clearTimeout(this.helloTimer);
    if (this.isClosed || this.legs.length === 0) return;
    this.hello(null, false);
    // The other page may still be loading what understands it.
    const isAlone = this.legs.some((leg) => !this.parties.has(leg));
    if (isAlone && ++this.hellos < HELLOS) {
      this.helloTimer = setTimeout(() => this.sayHello(), HELLO_MS);
    }
  }

  private hello(toLeg: string | null, isAnswer: boolean): void {
    this.wiring.send(toLeg, { kind: "hello", page: this.page, shows: this.stage.shows, isAnswer });
  }

  private linkTo(party: Party) {
    const known = party.link;
    const link = ensureLink(party, this.page, this.linkWiring(party));
    if (!known) for (const own of this.stage.shown.peek()) void link.show(own.source, own);
    return link;
  }

  private linkWiring(party: Party): LinkWiring {
    return {
      isLeading: this.wiring.ownLeg > party.legId,
      send: (message) => this.wiring.send(party.legId, message),
      iceServers: () => this.wiring.iceServers().catch(() => []),
      shows: () => this.stage.shows,
      stateChanged: (state) => {
        if (state === "live") void party.pacer?.apply(this.stage.sources, party.drawn);
        this.drawOthers();
      },
      streamsChanged: () => this.drawOthers(),
    };
  }

  private put(source: Source, own: Own | null): void {
    for (const party of this.parties.values()) {
      if (party.link) void party.link.show(source, own);
      else if (own) this.linkTo(party);
      this.send(party, { kind: "shows", shows: this.stage.shows });
    }
    this.own.value = this.stage.shown.peek().map(({ source, stream, shown }) => {
      return { legId: null, source, stream, shown, isFlowing: !shown.isPaused };
    });
    this.drawOthers();
  }

  private send(party: Party, message: Untold): void {
    this.wiring.send(party.legId, { ...message, page: this.page, to: party.page } as PeerMessage);
  }

  private drawOthers(): void {
    const pictures: Picture[] = [];
    const states: LinkState[] = [];
    for (const party of this.parties.values()) {
      const sources = Object.keys(party.shows) as Source[];
      if (sources.length > 0 || this.stage.sources.length > 0) states.push(stateOf(party));
      for (const source of sources) {
        const shown = party.shows[source] as Shown;
        const stream = party.link?.streams.get(shown.streamId);
        const track = stream?.getVideoTracks()[0];
        if (!stream || !track) continue;
        const isFlowing = !track.muted && !shown.isPaused && stateOf(party) === "live";
        pictures.push({ legId: party.legId, source, stream, shown, isFlowing });
      }
    }
    batch(() => {
      this.others.value = pictures;
      this.line.value = worst(states);
    });
  }

  private async look(): Promise<void> {
    const sources = this.stage.sources;
    const isVoicePoor = this.wiring.isVoicePoor();
    for (const { pacer, drawn } of this.parties.values()) {
      await pacer?.look(sources, drawn, isVoicePoor);
    }
  }
}

type Untold = Bare<Extract<PeerMessage, { to: string }>>;
type Bare<Message> = Message extends unknown ? Omit<Message, "page" | "to"> : never;

/* `crypto.randomUUID` is missing on pages without encryption. */
function newPageId(): string {
  return [...crypto.getRandomValues(new Uint8Array(12))]
    .map((byte) => byte.toString(16).padStart(2, "0"))
    .join("");
}
