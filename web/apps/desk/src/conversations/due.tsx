import alarm from "lucide:alarm-clock";
import { Badge } from "@stoa/ui";
import type { ConversationRow } from "../api/conversations.ts";
import { now } from "../app/clock.ts";
import { formats, t } from "../app/texts.ts";

export type DueTone = "neutral" | "warn" | "bad";

/** How a promise stands at this moment. */
export function dueTone(row: Pick<ConversationRow, "due_at" | "warn_at">, at: number): DueTone {
  if (!row.due_at) return "neutral";
  if (Date.parse(row.due_at) <= at) return "bad";
  return row.warn_at && Date.parse(row.warn_at) <= at ? "warn" : "neutral";
}

function span(seconds: number): string {
  if (seconds < 3600) return formats().duration(seconds);
  const format = new Intl.NumberFormat(document.documentElement.lang, {
    style: "unit",
    unit: seconds < 172_800 ? "hour" : "day",
    unitDisplay: "short",
    maximumFractionDigits: 0,
  });
  return format.format(Math.floor(seconds / (seconds < 172_800 ? 3600 : 86_400)));
}

/** How far a moment is away, before or after. */
export function timeUntil(moment: string, at: number): string {
  return span(Math.abs(Date.parse(moment) - at) / 1000);
}

/** By when an answer was promised, in colour and in words. */
export function dueWords(row: Pick<ConversationRow, "due_at">, at: number): string {
  const time = timeUntil(row.due_at ?? "", at);
  return Date.parse(row.due_at ?? "") > at ? t("due.in", { time }) : t("due.late", { time });
}

export function Due({ row }: { row: ConversationRow }) {
  if (!row.due_at) return null;
  return (
    <Badge tone={dueTone(row, now.value)} icon={alarm}>
      {dueWords(row, now.value)}
    </Badge>
  );
}
