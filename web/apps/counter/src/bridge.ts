/** What the host page's loader and the chat's frame tell each other by postMessage. */

/** A question that the page asks while the panel is closed, in the words of the frame. */
export interface PageQuestion {
  readonly id: string;
  readonly title: string;
  readonly points: readonly string[];
  readonly accept: string;
  /** "": there is nothing to refuse. */
  readonly refuse: string;
}

/** What can be done with a call from the page itself. */
export type CallAct = "accept" | "decline" | "mute" | "unmute" | "end";

/** A call as the page shows it while the panel is closed, in the words of the frame. */
export interface CallSign {
  readonly kind: "incoming" | "live";
  readonly title: string;
  readonly detail: string;
  /** The moment that the time shown counts from, on this device's clock. */
  readonly since: number | null;
  readonly tone: "good" | "warn";
  readonly acts: readonly { readonly act: CallAct; readonly label: string }[];
}

/** From the loader to the frame. */
export type ToFrame =
  | { readonly type: "page"; readonly url: string; readonly title: string }
  | { readonly type: "shown"; readonly isFullScreen: boolean; readonly takesFocus: boolean }
  /** The part that shows the page could not be fetched: the page's own policy may forbid it. */
  | { readonly type: "unseen" }
  | { readonly type: "answered"; readonly id: string; readonly isAgreed: boolean }
  | { readonly type: "hidden" }
  | { readonly type: "call"; readonly act: CallAct };

/** From the frame to the loader. */
export type ToPage =
  | { readonly type: "ready" }
  | { readonly type: "close" }
  | { readonly type: "unread"; readonly count: number }
  /** Whether a conversation is running, so that the next page listens for its answers. */
  | { readonly type: "running"; readonly isRunning: boolean }
  /** The customer accepted a change to the cart; a shop's page may draw it anew. */
  | { readonly type: "cart" }
  /** The page turns to this address of the shop, as the customer has agreed. */
  | { readonly type: "go"; readonly url: string }
  | { readonly type: "question"; readonly question: PageQuestion | null }
  /** The page is to be shown to an agent by this script; null: no more. Its port comes along. */
  | { readonly type: "cobrowse"; readonly script: string | null }
  | { readonly type: "language"; readonly tag: string }
  /** The call of this tab, drawn by this script; null when there is none. */
  | { readonly type: "call"; readonly sign: CallSign | null; readonly script: string };

const MARK = "stoa.counter";

interface Envelope<Message> {
  readonly mark: typeof MARK;
  readonly message: Message;
}

/** Wraps a message so that it is told apart from whatever else a page posts. */
export function envelope<Message>(message: Message): Envelope<Message> {
  return { mark: MARK, message };
}

/** Returns the message inside, or undefined when something else was posted. */
export function opened<Message>(data: unknown): Message | undefined {
  if (typeof data !== "object" || data === null) return undefined;
  const { mark, message } = data as Partial<Envelope<Message>>;
  return mark === MARK && typeof message === "object" && message !== null ? message : undefined;
}
