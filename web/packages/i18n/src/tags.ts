/** The languages every surface speaks. */
export const TAGS = ["en", "pl", "de", "it", "el"] as const;
export type Tag = (typeof TAGS)[number];

/** Each language in its own words. */
export const LANGUAGE_NAMES: Record<Tag, string> = {
  en: "English",
  pl: "Polski",
  de: "Deutsch",
  it: "Italiano",
  el: "Ελληνικά",
};

/** Returns the first wish we speak ("de-AT" is heard as "de"), or English. */
export function chooseTag(wishes: readonly (string | null | undefined)[]): Tag {
  for (const wish of wishes) {
    const language = wish?.toLowerCase().split("-")[0];
    const tag = TAGS.find((candidate) => candidate === language);
    if (tag) return tag;
  }
  return "en";
}
