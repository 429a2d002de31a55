import { type ReadonlySignal, signal } from "@preact/signals";

/** Something that only one tab of this browser may do at a time. */
export interface Turn {
  readonly isMine: ReadonlySignal<boolean>;
  /** Takes it at once, from whichever tab has it. */
  readonly take: () => Promise<void>;
  /** Gets it as soon as no other tab has it. */
  readonly wait: () => void;
  /** Gives it up, and waits no longer. */
  readonly drop: () => void;
}

/** The part of the browser's lock manager that is used; it is missing on pages without TLS. */
export type Locks = Pick<LockManager, "request">;

/** Returns a turn under a name that every tab of the desk knows. Without locks each tab is alone. */
export function turn(name: string, locks: Locks | undefined = navigator.locks): Turn {
  const isMine = signal(false);
  let round = 0;
  let leave = () => {};

  function drop(): void {
    round += 1;
    leave();
    leave = () => {};
    isMine.value = false;
  }

  function request(options: LockOptions): Promise<void> {
    drop();
    const own = round;
    if (!locks) {
      isMine.value = true;
      return Promise.resolve();
    }
    return new Promise<void>((resolve) => {
      const held = () => {
        if (own !== round) return resolve();
        isMine.value = true;
        resolve();
        return new Promise<void>((done) => {
          leave = done;
        });
      };
      locks.request(name, options, held).catch(() => {
        // Another tab took it, or it was given up before it came.
        if (own === round) isMine.value = false;
        resolve();
      });
    });
  }

  return {
    isMine,
    take: () => request({ steal: true }),
    wait: () => {
      const abort = new AbortController();
      void request({ signal: abort.signal });
      if (locks) leave = () => abort.abort();
    },
    drop,
  };
}
