import { load } from "stoa:catalogues/customers";
import type { Customers } from "@stoa/i18n";
import { wordsOf } from "../app/words.ts";

export const { t: ct, maybe: maybeCustomers, prepare: prepareCustomers } = wordsOf<Customers>(load);
