import { formats } from "../app/texts.ts";

const DAY_MS = 86_400_000;

/** Returns when something is to happen: the time alone, where that says it. */
export function soon(at: string, now = Date.now()): string {
  const { time, moment } = formats();
  return Date.parse(at) - now < DAY_MS ? time(at) : moment(at);
}
