import { load } from "stoa:catalogues/hours";
import type { Hours } from "@stoa/i18n";
import { wordsOf } from "../app/words.ts";

export const { t: ht, maybe: maybeHours, prepare: prepareHours } = wordsOf<Hours>(load);
