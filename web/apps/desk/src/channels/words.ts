import { load } from "stoa:catalogues/channels";
import { effect, signal } from "@preact/signals";
import { type Catalogue, translator } from "@stoa/i18n";
import { language } from "../app/texts.ts";

const catalogue = signal<Catalogue | null>(null);
let isWanted = false;

/** The channels' words come on their own: most pages of the desk need none of them. */
function want() {
  if (isWanted) return;
  isWanted = true;
  effect(() => {
    const tag = language.value;
    load(tag).then(
      (texts: Catalogue) => {
        if (language.peek() === tag) catalogue.value = texts;
      },
      () => {
        isWanted = false;
      },
    );
  });
}

/** Returns the text of a key of the channels' catalogue; empty until it is here or if it is none. */
export function channelText(
  key: string,
  parameters: Readonly<Record<string, string | number>> = {},
): string {
  want();
  const texts = catalogue.value;
  if (!texts || texts[key] === undefined) return "";
  const say = translator(language.value, texts) as (
    key: string,
    parameters: Readonly<Record<string, string | number>>,
  ) => string;
  return say(key, parameters);
}

/** The name of a channel, its code where it has none. */
export function channelName(code: string): string {
  return channelText(`channel.${code}.name`) || code;
}

/** What went wrong, in words. */
export function problemText(
  reason: string | null | undefined,
  parameters: Readonly<Record<string, string | number>> = {},
): string {
  return reason ? channelText(`channel.problem.${reason}`, parameters) || reason : "";
}
