/** An amount in the smallest unit of its currency. */
export interface Money {
  readonly minor: number;
  readonly currency: string;
}

export interface Formats {
  readonly number: (value: number) => string;
  readonly percent: (fraction: number) => string;
  readonly money: (amount: Money) => string;
  readonly date: (at: Date | string) => string;
  readonly time: (at: Date | string) => string;
  readonly dateTime: (at: Date | string) => string;
  /** "today 14:05" shortened: the time today, the weekday within a week (of one to come with its
   * time), else the date. */
  readonly moment: (at: Date | string, now?: Date) => string;
  /** "5 minutes ago" or "in 2 hours", in the largest unit that fits. */
  readonly relative: (at: Date | string, now?: Date) => string;
  /** "2:05" or "1:02:05". */
  readonly duration: (seconds: number) => string;
  readonly fileSize: (bytes: number) => string;
  readonly languageName: (tag: string) => string;
  readonly countryName: (code: string) => string;
}

const UNITS: readonly [Intl.RelativeTimeFormatUnit, number][] = [
  ["year", 31_536_000],
  ["month", 2_592_000],
  ["day", 86_400],
  ["hour", 3_600],
  ["minute", 60],
];

/** Returns "12.34" for 1234 minor units of a currency with two decimals; exact, without floats. */
export function decimal(minor: number, digits: number): string {
  const sign = minor < 0 ? "-" : "";
  const text = String(Math.abs(minor)).padStart(digits + 1, "0");
  if (digits === 0) return sign + text;
  return `${sign}${text.slice(0, -digits)}.${text.slice(-digits)}`;
}

function asDate(at: Date | string): Date {
  return typeof at === "string" ? new Date(at) : at;
}

function duration(seconds: number): string {
  const whole = Math.max(0, Math.floor(seconds));
  const hours = Math.floor(whole / 3600);
  const minutes = Math.floor(whole / 60) % 60;
  const rest = String(whole % 60).padStart(2, "0");
  return hours ? `${hours}:${String(minutes).padStart(2, "0")}:${rest}` : `${minutes}:${rest}`;
}

function moneyFormat(tag: string): (amount: Money) => string {
  const formats = new Map<string, Intl.NumberFormat>();
  return ({ minor, currency }) => {
    let format = formats.get(currency);
    if (!format) {
      format = new Intl.NumberFormat(tag, { style: "currency", currency });
      formats.set(currency, format);
    }
    const digits = format.resolvedOptions().maximumFractionDigits ?? 2;
    return format.format(decimal(minor, digits) as Intl.StringNumericLiteral);
  };
}

function fileSizes(tag: string): (bytes: number) => string {
  const in_ = (unit: string, digits: number) =>
    new Intl.NumberFormat(tag, {
      style: "unit",
      unit,
      unitDisplay: "short",
      maximumFractionDigits: digits,
    });
  const [small, middle, large] = [in_("byte", 0), in_("kilobyte", 0), in_("megabyte", 1)];
  return (bytes) => {
    if (bytes < 1000) return small.format(bytes);
    return bytes < 1_000_000 ? middle.format(bytes / 1000) : large.format(bytes / 1_000_000);
  };
}

function names(tag: string, type: "language" | "region"): (code: string) => string {
  const display = new Intl.DisplayNames([tag], { type });
  // A code that is none is shown as it came.
  return (code) => (/^[A-Za-z]{2,3}$/.test(code) ? (display.of(code) ?? code) : code);
}

/** Returns how a language writes dates, times, numbers and money, in the reader's time zone. */
export function formatsFor(language: string, timeZone?: string): Formats {
  // Our shops are European: English dates are written day first, as the pages in Python do.
  const tag = language === "en" ? "en-GB" : language;
  const zone = timeZone === undefined ? {} : { timeZone };
  const style = (options: Intl.DateTimeFormatOptions) => {
    const format = new Intl.DateTimeFormat(tag, { ...options, ...zone });
    return (at: Date | string) => format.format(asDate(at));
  };
  const numbers = new Intl.NumberFormat(tag);
  const percents = new Intl.NumberFormat(tag, { style: "percent", maximumFractionDigits: 1 });
  const relatives = new Intl.RelativeTimeFormat(tag, { numeric: "auto" });
  const time = style({ hour: "2-digit", minute: "2-digit" });
  const weekday = style({ weekday: "short" });
  const weekdayAndTime = style({ weekday: "short", hour: "2-digit", minute: "2-digit" });
  const shortDate = style({ day: "numeric", month: "short" });
  const date = style({ dateStyle: "medium" });
  const day = style({ dateStyle: "short" });
  return {
    number: (value) => numbers.format(value),
    percent: (fraction) => percents.format(fraction),
    money: moneyFormat(tag),
    date,
    time,
    dateTime: style({ dateStyle: "medium", timeStyle: "short" }),
    moment: (at, now = new Date()) => {
      const then = asDate(at);
      if (day(then) === day(now)) return time(then);
      const days = (now.getTime() - then.getTime()) / 86_400_000;
      if (days >= 0 && days < 6) return weekday(then);
      if (days < 0 && days > -6) return weekdayAndTime(then);
      return then.getFullYear() === now.getFullYear() ? shortDate(then) : date(then);
    },
    relative: (at, now = new Date()) => {
      const seconds = (asDate(at).getTime() - now.getTime()) / 1000;
      const unit = UNITS.find(([, size]) => Math.abs(seconds) >= size);
      if (!unit) return relatives.format(0, "minute");
      return relatives.format(Math.trunc(seconds / unit[1]), unit[0]);
    },
    duration,
    fileSize: fileSizes(tag),
    languageName: names(tag, "language"),
    countryName: names(tag, "region"),
  };
}
