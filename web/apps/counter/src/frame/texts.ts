import { load } from "stoa:catalogues/counter";
import { computed, signal } from "@preact/signals";
import {
  type Catalogue,
  chooseTag,
  formatsFor,
  type Tag,
  type Counter as Texts,
  type Translate,
  translator,
} from "@stoa/i18n";

const spoken = signal<{ tag: Tag; catalogue: Catalogue }>({ tag: "en", catalogue: {} });

export const tag = computed(() => spoken.value.tag);
/* English dates and times as the server writes them: Stoa's shops are European. */
export const region = computed(() => (tag.value === "en" ? "en-GB" : tag.value));
export const formats = computed(() => formatsFor(region.value));
const translate = computed(() => translator<Texts>(spoken.value.tag, spoken.value.catalogue));

/** A text in the language spoken now; components that use it follow a change of language. */
export const t = ((key: never, parameters: never) =>
  translate.value(key, parameters)) as Translate<Texts>;

/** The words of a key made at run time, or undefined where the catalogue has none. */
export function wordsFor(key: string, parameters: Record<string, string> = {}): string | undefined {
  if (!(key in spoken.value.catalogue)) return undefined;
  return translate.value(key as never, parameters as never);
}

let wished: Tag;

/** The frame speaks another language, once its words are here; the one wished for last. */
export async function speak(wish: string): Promise<void> {
  const next = chooseTag([wish]);
  wished = next;
  const catalogue = await load(next);
  if (next !== wished) return;
  spoken.value = { tag: next, catalogue };
  document.documentElement.lang = next;
  document.title = t("loader.title");
}

/** "20–40 s", "2–5 min" or "1–2 h". */
export function waitText({ low_seconds, high_seconds }: WaitRange): string {
  const [unit, size] =
    high_seconds > 5400
      ? (["hour", 3600] as const)
      : high_seconds > 90
        ? (["minute", 60] as const)
        : (["second", 1] as const);
  const round = (seconds: number) => {
    const value = Math.max(1, Math.round(seconds / size));
    return value > 10 && size === 1 ? Math.ceil(value / 5) * 5 : value;
  };
  const format = new Intl.NumberFormat(region.value, {
    style: "unit",
    unit,
    unitDisplay: "short",
  });
  const [low, high] = [round(low_seconds), round(high_seconds)];
  return low === high ? format.format(high) : format.formatRange(low, high);
}

interface WaitRange {
  readonly low_seconds: number;
  readonly high_seconds: number;
}
