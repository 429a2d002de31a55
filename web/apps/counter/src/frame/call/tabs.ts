/* Which of the customer's tabs speaks. A page that begins to speak says so, and the others fall
   silent; the server's own line goes to whoever connected last. */

const NAME = "stoa.call";

interface Word {
  readonly callId: string;
  /** "here": this tab speaks now. "who": asks whether another does. "me": the answer. */
  readonly says: "here" | "who" | "me";
}

export interface Tabs {
  /** This tab speaks for the call from now on. */
  claim(callId: string): void;
  /** Whether another tab speaks for it. */
  ask(callId: string): Promise<boolean>;
  close(): void;
}

const ANSWER_MS = 250;

/** `isMine` says whether this tab speaks; `onTaken` hears that another one does from now on, and
 * `onSpoken` that another one does already: also when it says so later than `ask` waits for it. */
export function joinTabs(
  isMine: (callId: string) => boolean,
  onTaken: (callId: string) => void,
  onSpoken: (callId: string) => void,
): Tabs {
  if (!("BroadcastChannel" in globalThis)) {
    return { claim: () => undefined, ask: async () => false, close: () => undefined };
  }
  const channel = new BroadcastChannel(NAME);
  const asking = new Set<(callId: string) => void>();
  const say = (word: Word) => channel.postMessage(word);
  channel.onmessage = ({ data }: MessageEvent<Word>) => {
    if (data.says === "who") {
      if (isMine(data.callId)) say({ ...data, says: "me" });
      return;
    }
    for (const found of asking) found(data.callId);
    if (data.says === "here") onTaken(data.callId);
    else onSpoken(data.callId);
  };
  return {
    close: () => channel.close(),
    claim: (callId) => say({ callId, says: "here" }),
    ask: (callId) =>
      new Promise((resolve) => {
        const end = (isElsewhere: boolean) => {
          clearTimeout(timer);
          asking.delete(found);
          resolve(isElsewhere);
        };
        const found = (spokenFor: string) => {
          if (spokenFor === callId) end(true);
        };
        const timer = setTimeout(() => end(false), ANSWER_MS);
        asking.add(found);
        say({ callId, says: "who" });
      }),
  };
}
