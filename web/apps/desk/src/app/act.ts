import { showToast } from "@stoa/ui";
import { useState } from "preact/hooks";
import { wordsFor } from "./form.ts";
import { t } from "./texts.ts";

interface Undo {
  readonly text: string;
  readonly run: () => Promise<unknown>;
}

/** Runs an act, tells of its failure in a toast, and offers to take it back if it can be. */
export async function perform(act: () => Promise<unknown>, undo?: Undo): Promise<boolean> {
  try {
    await act();
  } catch (error) {
    showToast({ text: wordsFor(error), tone: "bad" });
    return false;
  }
  if (undo) {
    showToast({
      text: undo.text,
      undo: { label: t("action.undo"), run: () => void perform(undo.run) },
    });
  }
  return true;
}

/** An act of a button: once at a time. */
export function useAct() {
  const [isBusy, setBusy] = useState(false);
  return {
    isBusy,
    run: async (act: () => Promise<unknown>, undo?: Undo) => {
      if (isBusy) return;
      setBusy(true);
      await perform(act, undo);
      setBusy(false);
    },
  };
}
