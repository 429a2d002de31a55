import { language } from "../app/texts.ts";

const PLACES = 6;

/** Reads a price as people type it ("0.045", "0,045") into millionths, exactly; null when it is none. */
export function microsOf(text: string): number | null {
  const match = /^(\d+)(?:[.,](\d{1,6}))?$/.exec(text.replace(/[\s\u00a0\u202f]/g, ""));
  if (!match) return null;
  const micros = Number(match[1] + (match[2] ?? "").padEnd(PLACES, "0"));
  return Number.isSafeInteger(micros) ? micros : null;
}

/** Returns millionths as they are typed in a language: "0,045" for 45000 in Polish. */
export function typedPrice(micros: number, tag: string): string {
  return new Intl.NumberFormat(tag, {
    minimumFractionDigits: 2,
    maximumFractionDigits: PLACES,
    useGrouping: false,
  }).format(decimalOf(micros));
}

/** Returns a price as a language writes it: "0,045 €"; of an SMS every place counts. */
export function priceWords(micros: number, currency: string, tag: string = language.value): string {
  try {
    return new Intl.NumberFormat(tag, {
      style: "currency",
      currency,
      minimumFractionDigits: 2,
      maximumFractionDigits: PLACES,
    }).format(decimalOf(micros));
  } catch {
    // What is typed as a currency is none yet.
    return `${typedPrice(micros, tag)} ${currency}`.trim();
  }
}

function decimalOf(micros: number): Intl.StringNumericLiteral {
  const text = String(micros).padStart(PLACES + 1, "0");
  return `${text.slice(0, -PLACES)}.${text.slice(-PLACES)}` as Intl.StringNumericLiteral;
}
