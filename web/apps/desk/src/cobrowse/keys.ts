import { signal } from "@preact/signals";

/** Does what keys ask for one after the other: what the page answers to an arrow comes later than the
 * next key, and Enter is for what the arrow before it led to. */
export class KeysInOrder {
  /** Whether something that was pressed is still on the way. */
  readonly isBusy = signal(false);
  private last: Promise<void> = Promise.resolve();

  press(run: () => Promise<void> | void): void {
    this.isBusy.value = true;
    const done = this.last.then(run, run);
    this.last = done;
    void done.finally(() => {
      if (this.last === done) this.isBusy.value = false;
    });
  }
}
