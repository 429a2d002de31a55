/* Who only steps past has not read. */
const LOOK_MS = 1000;

/** What of one conversation has been read here. */
export interface Reading {
  /** Says how far what is in sight goes; null while nobody sees it. */
  readonly show: (seq: number | null) => void;
  /** Whoever does something with what is in sight has read it. */
  readonly attend: () => void;
  /** It is known to be read that far, here or elsewhere. */
  readonly know: (seq: number) => void;
  readonly stop: () => void;
}

const open = new Map<string, Reading>();

/** Somebody does something with a conversation: what is in sight of it is read. */
export function attendTo(conversationId: string): void {
  open.get(conversationId)?.attend();
}

/** Marks as read what has been in sight for a second, however much comes meanwhile. */
export function reading(conversationId: string, mark: (seq: number) => Promise<unknown>): Reading {
  let inSight: number | null = null;
  let readSeq = 0;
  let timer = 0;

  function take(seq: number): void {
    if (seq <= readSeq) return;
    readSeq = seq;
    // Losing this one is harmless: the next look at the conversation marks it again.
    mark(seq).catch(() => {
      readSeq = 0;
    });
  }
  function rest(): void {
    clearTimeout(timer);
    timer = 0;
  }
  function look(): void {
    if (timer || inSight === null || inSight <= readSeq) return;
    const seq = inSight;
    timer = window.setTimeout(() => {
      timer = 0;
      take(seq);
      look();
    }, LOOK_MS);
  }

  const one: Reading = {
    show: (seq) => {
      inSight = seq;
      if (seq === null) rest();
      else look();
    },
    attend: () => {
      if (inSight === null) return;
      rest();
      take(inSight);
    },
    know: (seq) => {
      readSeq = Math.max(readSeq, seq);
    },
    stop: () => {
      inSight = null;
      rest();
      if (open.get(conversationId) === one) open.delete(conversationId);
    },
  };
  open.set(conversationId, one);
  return one;
}
