import { load } from "stoa:catalogues/board";
import type { Board } from "@stoa/i18n";
import { wordsOf } from "../app/words.ts";

export const { t: bt, maybe: maybeBoard, prepare: prepareBoard } = wordsOf<Board>(load);

/** A channel as the reader's language names it; one that came later goes by its code. */
export function channelName(code: string): string {
  return maybeBoard(`channel.${code}`) ?? code;
}
