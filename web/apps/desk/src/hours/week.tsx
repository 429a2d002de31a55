import plus from "lucide:plus";
import trash from "lucide:trash-2";
import { Button, IconButton } from "@stoa/ui";
import type { OpeningHours } from "../api/hours.ts";
import { language } from "../app/texts.ts";
import { ht } from "./texts.ts";

export type Weekly = OpeningHours["weekly"];
export type Span = [string, string];
export const DAYS = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"] as const;
export type Day = (typeof DAYS)[number];

const MOST_SPANS = 6;
const FIRST: Span = ["09:00", "17:00"];

/** A weekday as the reader's language names it. */
export function dayName(day: Day): string {
  // The fifth of January 1970 was a Monday.
  const date = new Date(Date.UTC(1970, 0, 5 + DAYS.indexOf(day)));
  return new Intl.DateTimeFormat(language.value, { weekday: "long", timeZone: "UTC" }).format(date);
}

interface SpansProps {
  of: string;
  spans: readonly Span[];
  change: (spans: Span[]) => void;
}

/** From and to, as often as it opens on one day. */
export function Spans({ of, spans, change }: SpansProps) {
  const set = (index: number, end: 0 | 1, value: string) =>
    change(
      spans.map((span, at) =>
        at === index ? (end === 0 ? [value, span[1]] : [span[0], value]) : span,
      ),
    );
  return (
    <div class="hours-spans">
      {spans.length === 0 && <span class="quiet">{ht("week.closed")}</span>}
      {spans.map(([from, to], index) => (
        <span class="hours-span" key={index}>
          <input
            class="ui-input"
            type="time"
            required
            aria-label={ht("week.from", { day: of })}
            value={from.slice(0, 5)}
            onInput={(event) => set(index, 0, event.currentTarget.value)}
          />
          <span aria-hidden="true">–</span>
          <input
            class="ui-input"
            type="time"
            required
            aria-label={ht("week.to", { day: of })}
            value={to.slice(0, 5)}
            onInput={(event) => set(index, 1, event.currentTarget.value)}
          />
          <IconButton
            icon={trash}
            label={ht("week.remove", { day: of, from: from.slice(0, 5) })}
            onClick={() => change(spans.filter((_, at) => at !== index))}
          />
          {to <= from && <span class="ui-hint">{ht("week.nextDay")}</span>}
        </span>
      ))}
      {spans.length < MOST_SPANS && (
        <IconButton
          icon={plus}
          label={ht("week.add", { day: of })}
          onClick={() =>
            change([...spans, [...(spans.length ? (["18:00", "20:00"] as const) : FIRST)]])
          }
        />
      )}
    </div>
  );
}

interface WeekProps {
  label: string;
  weekly: Weekly;
  change: (weekly: Weekly) => void;
}

/** The usual week, day by day. */
export function Week({ label, weekly, change }: WeekProps) {
  const monday = weekly.mon ?? [];
  const likeMonday = () => {
    const days = DAYS.slice(0, 5).map((day) => [day, monday] as const);
    change({ ...weekly, ...Object.fromEntries(days) });
  };
  return (
    <fieldset class="plain-fieldset stack">
      <legend class="ui-label">{label}</legend>
      <ul class="hours-week">
        {DAYS.map((day) => (
          <li key={day}>
            <span class="hours-day">{dayName(day)}</span>
            <Spans
              of={dayName(day)}
              spans={weekly[day] ?? []}
              change={(spans) => change({ ...weekly, [day]: spans })}
            />
          </li>
        ))}
      </ul>
      <div>
        <Button small onClick={likeMonday} disabled={monday.length === 0}>
          {ht("week.likeMonday")}
        </Button>
      </div>
    </fieldset>
  );
}
