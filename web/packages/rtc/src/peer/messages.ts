// What two pages of one call tell each other about video and screens, as signals `call.peer`.
// Signals may be lost and are never stored, so every message can be sent again.

export type Source = "camera" | "screen";

/** What a page shows: the ids of its streams, as they stand in its session descriptions. */
export type Shows = Partial<Record<Source, Shown>>;

export interface Shown {
  streamId: string;
  /** What of a screen is shared, where the browser says so. */
  surface?: "browser" | "window" | "monitor";
  /** Whether the camera looks at the person, so that their own preview is mirrored. */
  isFront?: boolean;
  /** Nothing is shown for now: the call is on hold. */
  isPaused?: boolean;
}

/** `page` is made anew with every load of a page: a new one means that the old lines are gone. */
interface FromPage {
  page: string;
}
interface ToPage extends FromPage {
  /** The page it is meant for; a later load of it does not listen. */
  to: string;
}

export interface Hello extends FromPage {
  kind: "hello";
  shows: Shows;
  /** Whether it answers one, and wants none back. */
  isAnswer: boolean;
}
export interface Description extends ToPage {
  kind: "description";
  description: RTCSessionDescriptionInit;
  /** Counts the offers of a line; an answer bears the number of what it answers. */
  round: number;
  shows: Shows;
}
export interface Candidate extends ToPage {
  kind: "candidate";
  candidate: RTCIceCandidateInit;
}
/** The side that makes no offers wants one: it shows something else, or the line broke. */
export interface Ask extends ToPage {
  kind: "ask";
  reason: "change" | "broken";
}
/** Something began or ended without a new description. */
export interface ShowsChanged extends ToPage {
  kind: "shows";
  shows: Shows;
}
/** How large the other side draws what it is shown, in pixels of its screen. */
export interface Wish extends ToPage {
  kind: "wish";
  heights: Partial<Record<Source, number>>;
}
/** A still of what the other shows is wanted; then what became of it. */
export interface Still extends ToPage {
  kind: "still";
  step: "wanted" | "asked" | "refused" | "sent" | "failed";
  source: Source;
}

export type PeerMessage = Hello | Description | Candidate | Ask | ShowsChanged | Wish | Still;

const KINDS = new Set(["hello", "description", "candidate", "ask", "shows", "wish", "still"]);

/** The message, or null when another page (or nobody we know) made it up. */
export function readMessage(data: unknown): PeerMessage | null {
  if (typeof data !== "object" || data === null) return null;
  const { kind, page, to } = data as Record<string, unknown>;
  if (typeof kind !== "string" || !KINDS.has(kind) || typeof page !== "string") return null;
  if (kind !== "hello" && typeof to !== "string") return null;
  return data as PeerMessage;
}
