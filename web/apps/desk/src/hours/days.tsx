import plus from "lucide:plus";
import trash from "lucide:trash-2";
import { Button, Checkbox, IconButton, SelectField, TextField } from "@stoa/ui";
import { useEffect, useMemo } from "preact/hooks";
import { type OpeningHours, readCalendar } from "../api/hours.ts";
import { resource } from "../app/resource.ts";
import { formats, language } from "../app/texts.ts";
import { ht } from "./texts.ts";
import { Spans } from "./week.tsx";

export interface PartProps {
  hours: OpeningHours;
  change: (more: Partial<OpeningHours>) => void;
}

function byName(pairs: (readonly [string, string])[]): (readonly [string, string])[] {
  return pairs.sort(([, a], [, b]) => a.localeCompare(b, language.value));
}

/** Which public holidays the shop keeps, and which are next. */
export function HolidaysPart({ hours, change, country }: PartProps & { country: string }) {
  const rule = hours.holidays;
  const [at, region] = [rule?.country ?? country, rule?.region ?? ""];
  const tag = language.value;
  const source = useMemo(() => resource(() => readCalendar(at, region, tag)), [at, region, tag]);
  useEffect(() => void source.load(), [source]);
  const calendar = source.state.value.value;
  const countries = calendar?.countries ?? [at];
  return (
    <fieldset class="plain-fieldset stack">
      <legend class="ui-label">{ht("holidays.title")}</legend>
      <Checkbox
        label={ht("holidays.keep")}
        checked={rule !== null}
        onChange={(isKept) => change({ holidays: isKept ? { country, region: "" } : null })}
      />
      {rule && (
        <>
          <div class="columns">
            <SelectField
              label={ht("holidays.country")}
              value={rule.country}
              options={byName(countries.map((code) => [code, formats().countryName(code)]))}
              onChange={(event) =>
                change({ holidays: { country: event.currentTarget.value, region: "" } })
              }
            />
            {calendar && calendar.regions.length > 0 && (
              <SelectField
                label={ht("holidays.region")}
                value={rule.region}
                options={[
                  ["", ht("holidays.wholeCountry")],
                  ...calendar.regions.map(({ code, name }) => [code, name] as const),
                ]}
                onChange={(event) =>
                  change({ holidays: { ...rule, region: event.currentTarget.value } })
                }
              />
            )}
          </div>
          {calendar && (
            <details class="hours-next">
              <summary>{ht("holidays.next")}</summary>
              <ul>
                {calendar.next_days.map(({ date, name }) => (
                  <li key={date}>
                    <span>{formats().date(`${date}T12:00`)}</span> {name}
                  </li>
                ))}
              </ul>
            </details>
          )}
        </>
      )}
    </fieldset>
  );
}

function today(): string {
  return new Date().toISOString().slice(0, 10);
}

/** Days that are not as usual. */
export function OwnDaysPart({ hours, change }: PartProps) {
  const rows = hours.days;
  const replace = (index: number, more: Partial<(typeof rows)[number]>) =>
    change({ days: rows.map((row, at) => (at === index ? { ...row, ...more } : row)) });
  const add = () =>
    change({ days: [...rows, { from_date: today(), to_date: today(), name: "", spans: [] }] });
  return (
    <fieldset class="plain-fieldset stack">
      <legend class="ui-label">{ht("days.title")}</legend>
      <p class="ui-hint">{ht("days.hint")}</p>
      {rows.map((row, index) => {
        const label = row.name || formats().date(`${row.from_date || today()}T12:00`);
        return (
          <div class="hours-own stack" key={index}>
            <div class="hours-own-dates">
              <TextField
                label={ht("days.from")}
                type="date"
                required
                value={row.from_date}
                onInput={(event) => {
                  const { value } = event.currentTarget;
                  const to_date = row.to_date < value ? value : row.to_date;
                  replace(index, { from_date: value, to_date });
                }}
              />
              <TextField
                label={ht("days.to")}
                type="date"
                required
                min={row.from_date}
                value={row.to_date}
                onInput={(event) => replace(index, { to_date: event.currentTarget.value })}
              />
              <TextField
                label={ht("days.name")}
                maxLength={100}
                value={row.name}
                onInput={(event) => replace(index, { name: event.currentTarget.value })}
              />
              <IconButton
                icon={trash}
                label={ht("days.remove", { name: label })}
                onClick={() => change({ days: rows.filter((_, at) => at !== index) })}
              />
            </div>
            <Spans of={label} spans={row.spans} change={(spans) => replace(index, { spans })} />
          </div>
        );
      })}
      <div>
        <Button small icon={plus} onClick={add}>
          {ht("days.add")}
        </Button>
      </div>
    </fieldset>
  );
}
