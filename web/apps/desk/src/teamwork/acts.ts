import { showToast } from "@stoa/ui";
import { type Act, bulk } from "../api/teamwork.ts";
import { wordsFor } from "../app/form.ts";
import { t } from "../app/texts.ts";

export interface Item {
  readonly conversation_id: string;
  readonly acts: Act[];
}

let undoLast: (() => void) | null = null;

/** Takes the last act back that can be taken back, once. */
export function undoLastAct(): void {
  const undo = undoLast;
  undoLast = null;
  undo?.();
}

/** Runs acts and tells what came of them: how many were done, what was refused and why, and a way
 * to take the done ones back. Returns whether all were done. */
export async function runActs(items: readonly Item[], done?: string): Promise<boolean> {
  const answer = await bulk([...items]).catch((error: unknown) => {
    showToast({ text: wordsFor(error), tone: "bad" });
    return null;
  });
  if (!answer) return false;
  const refused = answer.items.filter((item) => !item.is_done);
  const undo = answer.items
    .filter((item) => item.undo.length > 0)
    .map(({ conversation_id, undo }) => ({ conversation_id, acts: undo as Act[] }));
  const takeBack = () => void runActs(undo, t("bulk.undone"));
  undoLast = undo.length ? takeBack : null;
  const count = answer.items.length - refused.length;
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
  return refused.length === 0;
}

/** The same acts on each of the conversations. */
export function actOn(ids: readonly string[], acts: Act[], done?: string): Promise<boolean> {
  return runActs(
    ids.map((conversation_id) => ({ conversation_id, acts })),
    done,
  );
}
