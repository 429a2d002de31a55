import { now } from "../app/clock.ts";
import { formats, maybeText, t } from "../app/texts.ts";
import type { Deed } from "./acting.ts";
import { refusalWords } from "./ends.ts";
import type { Watch } from "./watch.ts";

const DEED_KEYS = {
  sent: "cobrowse.deed.sent",
  done: "cobrowse.deed.done",
} as const;
export function deedWords({ kind, label }: Deed): string {
  const name = label || t("cobrowse.unnamed");
  if (kind === "scroll") return t("cobrowse.deed.scroll");
  return kind === "click" ? t("cobrowse.deed.click", { name }) : t("cobrowse.deed.fill", { name });
}
export const outcomeWords = (deed: Deed): string =>
  deed.state === "refused" ? refusalWords(deed.reason) : t(DEED_KEYS[deed.state]);

export interface StateWords {
  readonly text: string;
  readonly more?: string;
  /** A line at the edge: the picture can still be seen. */
  readonly isLight: boolean;
}

function sinceWords(watch: Watch): string {
  const at = watch.currentAt.value;
  if (at === null) return "";
  return t("cobrowse.staleSince", { time: formats().duration((now.value - at) / 1000) });
}

/** Returns what has to be said of the picture, or null: it is what the customer sees. */
export function stateWords(watch: Watch): StateWords | null {
  const refused = watch.refused.value;
  if (refused) {
    const key = refused.by === "page" ? "cobrowse.version.page" : "cobrowse.version.replica";
    return { text: t(key), isLight: false };
  }
  const page = watch.page.value;
  const hasShown = watch.currentAt.value !== null;
  switch (page?.state) {
    case "paused": {
      const text = maybeText(`cobrowse.paused.${page.reason}`) ?? t("cobrowse.paused.other");
      return { text, more: t("cobrowse.pausedHint"), isLight: false };
    }
    case "hidden":
      return { text: t("cobrowse.hidden"), isLight: hasShown };
    case "gone":
      return { text: t("cobrowse.gone"), more: sinceWords(watch), isLight: hasShown };
  }
  const isStale = watch.freshness.value === "stale";
  if (isStale && !hasShown) return { text: t("cobrowse.noAnswer"), isLight: false };
  if (isStale) {
    return { text: t("cobrowse.stale"), more: sinceWords(watch), isLight: true };
  }
  if (!hasShown) return { text: t("cobrowse.loading"), isLight: false };
  return null;
}
