import { signal } from "@preact/signals";

/** What somebody is writing on this page. */
export interface Writing {
  readonly isUnsaved: () => boolean;
  /** Ends with the saving that is under way; nothing, when none is. */
  readonly saving: () => Promise<unknown> | null;
}

const writings = new Set<Writing>();
/** What is done once somebody says that they leave; nothing, while nobody is asked. */
const leaving = signal<(() => void) | null>(null);
let wish = 0;

/** Whether somebody has to say now if they leave. */
export const isAsked = () => leaving.value !== null;
export const isAnythingUnsaved = () => [...writings].some((one) => one.isUnsaved());

/** Lets nobody leave unasked what is written here, until the returned function is called. */
export function watch(writing: Writing): () => void {
  writings.add(writing);
  return () => void writings.delete(writing);
}

/** Leaves at once where nothing is lost, else after what is being saved is saved or whoever writes
 * has said so. The newest wish to leave is the one that counts. */
export function whenMayLeave(leave: () => void, what?: Writing): void {
  wish += 1;
  const mine = wish;
  leaving.value = null;
  const lost = [...writings].filter((one) => (!what || one === what) && one.isUnsaved());
  if (lost.length === 0) return leave();
  const saving = lost.map((one) => one.saving()).filter((one) => one !== null);
  if (saving.length === 0) {
    leaving.value = leave;
    return;
  }
  void Promise.allSettled(saving).then(() => {
    if (mine === wish) whenMayLeave(leave, what);
  });
}

/** The answer to the question. */
export function answer(isLeaving: boolean): void {
  const leave = leaving.peek();
  leaving.value = null;
  if (isLeaving) leave?.();
}

/** Lets the browser ask, in its own words, before it closes or loads the page anew. */
export function askBeforeClosing(): void {
  addEventListener("beforeunload", (event) => {
    if (isAnythingUnsaved()) event.preventDefault();
  });
}

const isBlank = (value: unknown) =>
  value === null || value === undefined || value === "" || value === false;

/** As it is compared: whatever is empty is as good as missing, in whatever order it was written. */
function plain(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(plain).filter((item) => !isBlank(item));
  if (typeof value !== "object" || value === null) return isBlank(value) ? null : value;
  const all = Object.entries(value).sort(([one], [other]) => (one < other ? -1 : 1));
  const filled = all
    .map(([name, item]) => [name, plain(item)] as const)
    .filter(([, item]) => !isBlank(item) && !(Array.isArray(item) && item.length === 0));
  const isOnlyBlank = all.length > 0 && all.every(([, item]) => isBlank(item));
  return isOnlyBlank ? null : Object.fromEntries(filled);
}

/** What was written, as a text that is the same for what means the same. */
export const writtenAs = (value: unknown): string => JSON.stringify(plain(value));

/** What stands in a form, and what of it is saved. */
export interface Draft extends Writing {
  /** What stands there now is what is saved; whoever leaves is asked from now on until the returned
   * function is called. */
  readonly begin: () => () => void;
  /** What stands there now is what is saved. `take` puts there what the server made of it, unless
   * something was written since it was sent. */
  readonly keep: (take?: () => void) => void;
  /** Runs the act that saves it; what is written meanwhile is not saved by it. */
  readonly save: (act: () => Promise<void>) => Promise<void>;
}

/** Watches over what is written; `written` reads it. */
export function draft(written: () => unknown): Draft {
  const now = () => writtenAs(written());
  let saved: string | null = null;
  let sent = "";
  let isKept = false;
  let saving: Promise<void> | null = null;
  async function run(act: () => Promise<void>): Promise<void> {
    sent = now();
    isKept = false;
    try {
      await act();
      if (!isKept) saved = sent;
    } finally {
      saving = null;
    }
  }
  const one: Draft = {
    isUnsaved: () => saved !== null && now() !== saved,
    saving: () => saving,
    begin: () => {
      saved = now();
      return watch(one);
    },
    keep: (take) => {
      isKept = true;
      if (take && now() !== sent) {
        saved = sent;
        return;
      }
      take?.();
      saved = now();
    },
    save: (act) => {
      saving = run(act);
      return saving;
    },
  };
  return one;
}
