import { load } from "stoa:catalogues/automation";
import type { Automation } from "@stoa/i18n";
import { wordsOf } from "../app/words.ts";

export const {
  t: at,
  maybe: maybeAutomation,
  prepare: prepareAutomation,
} = wordsOf<Automation>(load);
