import { formats, language } from "../app/texts.ts";

function unit(seconds: number): readonly [Intl.NumberFormatOptions["unit"], number] {
  if (seconds > 172_800) return ["day", 86_400];
  if (seconds > 5400) return ["hour", 3600];
  return seconds > 90 ? ["minute", 60] : ["second", 1];
}

function unitFormat(name: Intl.NumberFormatOptions["unit"]): Intl.NumberFormat {
  const tag = language.value === "en" ? "en-GB" : language.value;
  return new Intl.NumberFormat(tag, {
    style: "unit",
    unit: name,
    unitDisplay: "short",
    maximumFractionDigits: 0,
  });
}

/** How long ago, as a length: "2:05", or "3 h" past an hour. */
export function since(moment: string, at: number): string {
  const seconds = Math.max(0, (at - Date.parse(moment)) / 1000);
  if (seconds < 3600) return formats().duration(seconds);
  const [name, size] = unit(Math.max(seconds, 5401));
  return unitFormat(name).format(Math.floor(seconds / size));
}

/** "20–40 s", as the customers' chooser says it. */
export function waitWords({
  low_seconds,
  high_seconds,
}: {
  low_seconds: number;
  high_seconds: number;
}) {
  const [name, size] = unit(high_seconds);
  const [low, high] = [low_seconds, high_seconds].map((value) =>
    Math.max(1, Math.round(value / size)),
  ) as [number, number];
  const format = unitFormat(name);
  return low === high ? format.format(high) : format.formatRange(low, high);
}
