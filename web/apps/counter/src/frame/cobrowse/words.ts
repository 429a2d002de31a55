import { load } from "stoa:catalogues/cobrowse";
import { computed, effect, signal } from "@preact/signals";
import type { Words } from "@stoa/cobrowse/messages";
import { type Catalogue, type Cobrowse as Texts, type Translate, translator } from "@stoa/i18n";
import { tag } from "../texts.ts";

const spoken = signal<{ tag: string; catalogue: Catalogue } | null>(null);

/** Whether the words are here. */
export const isSpoken = computed(() => spoken.value !== null);

/** The words of the customer's language are here, and follow it. */
export async function learn(): Promise<void> {
  const wish = tag.peek();
  spoken.value = { tag: wish, catalogue: await load(wish) };
  effect(() => {
    const next = tag.value;
    if (next === spoken.peek()?.tag) return;
    load(next).then(
      (catalogue) => {
        if (tag.peek() === next) spoken.value = { tag: next, catalogue };
      },
      () => undefined,
    );
  });
}

/** A text in the language spoken now. */
export const t = ((key: never, parameters: never) =>
  translator<Texts>(tag.value, spoken.value?.catalogue ?? {})(key, parameters)) as Translate<Texts>;

/* Stands where the page puts the element's name, which only it knows. */
const TARGET = "\u2400";

/** The words for the bar on the page. */
export function wordsOnPage(name: string): Words {
  const of = { name };
  return {
    name,
    sees: t("bar.sees", of),
    paused: t("bar.paused", of),
    refused: t("bar.refused", of),
    mayAct: t("bar.mayAct", of),
    stop: t("bar.stop"),
    release: t("bar.release"),
    hint: t("bar.hint"),
    clicks: t("act.clicks", { name, target: TARGET }),
    fills: t("act.fills", { name, target: TARGET }),
    scrolls: t("act.scrolls", of),
  };
}
