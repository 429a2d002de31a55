import { load } from "stoa:catalogues/video";
import { effect, type ReadonlySignal, signal } from "@preact/signals";
import {
  type Catalogue,
  type Tag,
  type Video as Texts,
  type Translate,
  translator,
} from "@stoa/i18n";

const spoken = signal<{ tag: Tag; catalogue: Catalogue } | null>(null);

/** The words of video are here in this language, and follow its changes. */
export async function prepareTexts(tag: ReadonlySignal<Tag>): Promise<void> {
  const take = async (wish: Tag) => {
    const catalogue = await load(wish);
    if (tag.peek() === wish) spoken.value = { tag: wish, catalogue };
  };
  await take(tag.peek());
  effect(() => {
    if (spoken.peek()?.tag !== tag.value) void take(tag.value);
  });
}

/** A text about video in the language spoken now. */
export const vt = ((key: never, parameters: never) => {
  const { tag, catalogue } = spoken.value ?? { tag: "en", catalogue: {} };
  return translator<Texts>(tag, catalogue)(key, parameters);
}) as Translate<Texts>;
