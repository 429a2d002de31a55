import { load } from "stoa:catalogues/desk";
import { computed, signal } from "@preact/signals";
import {
  type Catalogue,
  chooseTag,
  type Desk,
  type Formats,
  formatsFor,
  type Tag,
  type Translate,
  translator,
} from "@stoa/i18n";

const KEPT = "stoa.desk.language";

const spoken = signal<{ tag: Tag; catalogue: Catalogue }>({ tag: "en", catalogue: {} });
const translate = computed(() => translator<Desk>(spoken.value.tag, spoken.value.catalogue));
const written = computed(() => formatsFor(spoken.value.tag));

/** The language on the screen. */
export const language = computed(() => spoken.value.tag);

/** Returns the text of a key in the language on the screen; drawing again when that changes. */
export const t: Translate<Desk> = (key, ...parameters) => translate.value(key, ...parameters);

/** Returns the text of a key that is made at run time, or null where there is none. */
export function maybeText(key: string): string | null {
  const text = spoken.value.catalogue[key];
  return typeof text === "string" ? text : null;
}

/** How the language on the screen writes dates, times and money. */
export function formats(): Formats {
  return written.value;
}

/** Puts the desk into a language and remembers it on this device. */
export async function speak(tag: Tag): Promise<void> {
  const catalogue = await load(tag);
  spoken.value = { tag, catalogue };
  document.documentElement.lang = tag;
  localStorage.setItem(KEPT, tag);
}

/** Returns the language to begin with: the one used last on this device, or the browser's. */
export function firstLanguage(): Tag {
  return chooseTag([localStorage.getItem(KEPT), ...navigator.languages]);
}
