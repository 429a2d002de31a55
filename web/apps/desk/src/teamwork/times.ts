/** Moments people put something aside until, by the clock of whoever chooses. */
export type When = "hour" | "evening" | "tomorrow" | "monday" | "week";

const MORNING = 9;
const EVENING = 17;

function at(now: Date, days: number, hour: number): Date {
  return new Date(now.getFullYear(), now.getMonth(), now.getDate() + days, hour);
}

/** Returns what can be chosen now, in the order of time. */
export function choicesOf(now: Date): [When, Date][] {
  const toMonday = ((8 - now.getDay()) % 7 || 7) as number;
  const all: [When, Date][] = [
    ["hour", new Date(now.getTime() + 3_600_000)],
    ["evening", at(now, 0, EVENING)],
    ["tomorrow", at(now, 1, MORNING)],
    ["monday", at(now, toMonday, MORNING)],
    ["week", at(now, 7, MORNING)],
  ];
  const later = all.filter(
    ([when, moment]) =>
      (when !== "evening" || moment.getTime() - now.getTime() > 3_600_000) &&
      // On a Sunday it is tomorrow, on a Monday it is in a week.
      (when !== "monday" || (toMonday > 1 && toMonday < 7)),
  );
  return later.sort(([, a], [, b]) => a.getTime() - b.getTime());
}

/** Returns a moment as a field for day and time writes it, by the clock of whoever looks. */
export function localField(moment: Date): string {
  const local = new Date(moment.getTime() - moment.getTimezoneOffset() * 60_000);
  return local.toISOString().slice(0, 16);
}
