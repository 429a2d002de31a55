import { signal } from "@preact/signals";
import { showToast } from "@stoa/ui";
import { type Act, type Acted, bulk } from "../api/teamwork.ts";
import { wordsFor } from "../app/form.ts";
import { t } from "../app/texts.ts";
import { attendTo } from "../conversations/reading.ts";

export interface Item {
  readonly conversation_id: string;
  readonly acts: Act[];
}

/** Few enough that one sees it go on, and can stop it. */
const AT_ONCE = 25;

interface Running {
  readonly done: number;
  readonly total: number;
}

/** How far the acts on many conversations have come that run now; null while none do. */
export const running = signal<Running | null>(null);

const underWay = new Map<string, Promise<boolean>>();
let isStopped = false;
let undoLast: (() => void) | null = null;

/** Takes the last act back that can be taken back, once. One that is under way is the last one,
 * however quickly it shows: its answer says how it is taken back. */
export async function undoLastAct(): Promise<void> {
  while (underWay.size > 0) await Promise.all(underWay.values());
  const undo = undoLast;
  undoLast = null;
  undo?.();
}

/** What has not begun yet is left; what was done can be taken back. */
export function stopActs(): void {
  isStopped = true;
}

/** Runs acts and tells what came of them: how many were done, what was refused and why, and a way
 * to take the done ones back. Returns whether all were done.
 *
 * The same acts asked for again while they run are those that run, not others: each of two answers
 * would take half of it back. */
export function runActs(items: readonly Item[], done?: string): Promise<boolean> {
  const key = JSON.stringify(items);
  const same = underWay.get(key);
  if (same) return same;
  for (const { conversation_id } of items) attendTo(conversation_id);
  const acting = runAll(items, done).finally(() => underWay.delete(key));
  underWay.set(key, acting);
  return acting;
}

async function runAll(items: readonly Item[], done?: string): Promise<boolean> {
  const results = await inSteps(items);
  const refused = results.filter((item) => !item.is_done);
  const undo = results
    .filter((item) => item.undo.length > 0)
    .map(({ conversation_id, undo }) => ({ conversation_id, acts: undo as Act[] }));
  const takeBack = () => void runActs(undo, t("bulk.undone"));
  if (undo.length) undoLast = takeBack;
  const count = results.length - refused.length;
  if (count > 0) {
    showToast({
      text: done && count === items.length ? done : t("bulk.done", { count }),
      ...(undo.length && {
        undo: { label: t("action.undo"), run: takeBack },
      }),
    });
  }
  if (refused.length > 0) {
    const words = [...new Set(refused.map(({ message }) => message))].join(" ");
    showToast({ text: t("bulk.refused", { count: refused.length, words }), tone: "bad" });
  }
  return count === items.length;
}

/** What came of those that were begun, before the line broke or somebody stopped it. */
async function inSteps(items: readonly Item[]): Promise<Acted[]> {
  const results: Acted[] = [];
  const isLong = items.length > AT_ONCE;
  if (isLong) isStopped = false;
  try {
    for (let at = 0; at < items.length && !(isLong && isStopped); at += AT_ONCE) {
      if (isLong) running.value = { done: at, total: items.length };
      results.push(...(await bulk(items.slice(at, at + AT_ONCE))).items);
    }
  } catch (error) {
    showToast({ text: wordsFor(error), tone: "bad" });
  } finally {
    if (isLong) running.value = null;
  }
  return results;
}

/** The same acts on each of the conversations. */
export function actOn(ids: readonly string[], acts: Act[], done?: string): Promise<boolean> {
  return runActs(
    ids.map((conversation_id) => ({ conversation_id, acts })),
    done,
  );
}
