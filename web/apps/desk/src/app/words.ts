import { effect, signal } from "@preact/signals";
import { type Catalogue, type Tag, type Translate, translator } from "@stoa/i18n";
import { language } from "./texts.ts";

export interface Words<Texts> {
  /** A text in the language on the screen; drawing again when that changes. */
  readonly t: Translate<Texts>;
  /** The text of a key that is made at run time, or null where there is none. */
  readonly maybe: (key: string) => string | null;
  /** The words are here, and follow the language from now on. */
  readonly prepare: () => Promise<void>;
}

/** The words of a part of the desk that is fetched when it is first needed. */
export function wordsOf<Texts>(load: (tag: string) => Promise<Catalogue>): Words<Texts> {
  const spoken = signal<{ tag: Tag; catalogue: Catalogue } | null>(null);
  const take = async (tag: Tag) => {
    const catalogue = await load(tag);
    if (language.peek() === tag) spoken.value = { tag, catalogue };
  };
  const say: Translate<Texts> = (key, ...parameters) => {
    const { tag, catalogue } = spoken.value ?? { tag: "en", catalogue: {} };
    return translator<Texts>(tag, catalogue)(key, ...parameters);
  };
  return {
    t: say,
    maybe: (key) => {
      const text = spoken.value?.catalogue[key];
      return typeof text === "string" ? text : null;
    },
    prepare: async () => {
      if (spoken.peek()) return;
      await take(language.peek());
      effect(() => {
        if (spoken.peek()?.tag !== language.value) void take(language.value);
      });
    },
  };
}
