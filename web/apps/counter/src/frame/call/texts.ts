import { load } from "stoa:catalogues/call";
import { effect, signal } from "@preact/signals";
import {
  type Catalogue,
  type Tag,
  type Call as Texts,
  type Translate,
  translator,
} from "@stoa/i18n";
import { tag } from "../texts.ts";

const spoken = signal<{ tag: Tag; catalogue: Catalogue } | null>(null);

/** The words of calls are here, in the language spoken, and follow its changes. */
export async function prepareTexts(): Promise<void> {
  const take = async (wish: Tag) => {
    const catalogue = await load(wish);
    if (tag.peek() === wish) spoken.value = { tag: wish, catalogue };
  };
  await take(tag.peek());
  effect(() => {
    if (spoken.peek()?.tag !== tag.value) void take(tag.value);
  });
}

/** A text about calls in the language spoken now. */
export const ct = ((key: never, parameters: never) => {
  const { tag: language, catalogue } = spoken.value ?? { tag: "en", catalogue: {} };
  return translator<Texts>(language, catalogue)(key, parameters);
}) as Translate<Texts>;
