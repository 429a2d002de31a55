import type { SavedReply } from "../api/conversations.ts";
import { folded } from "../app/folded.ts";

/** What a reply can name. Empty while it is not known. */
export interface Variables {
  readonly customer: string;
  readonly first_name: string;
  readonly email: string;
  readonly agent: string;
  readonly shop: string;
  readonly page: string;
  readonly subject: string;
  /** The number of the customer's newest order. */
  readonly order: string;
}

export const VARIABLES = [
  "customer",
  "first_name",
  "email",
  "agent",
  "shop",
  "page",
  "subject",
  "order",
] as const satisfies readonly (keyof Variables)[];

/** Returns what the text asks for after a "/" at the beginning of a word at the caret, or null. */
export function wishAt(text: string, caret: number): { start: number; wish: string } | null {
  const before = text.slice(0, caret);
  const match = /(?:^|\s)\/([^\s/]*)$/.exec(before);
  if (!match) return null;
  return { start: caret - (match[1]?.length ?? 0) - 1, wish: match[1] ?? "" };
}

/** Returns a text with a reply's words where its wish stood at `from`. Somebody may have written on
 * while the words were filled in: what they wrote stays, and without the wish the words come last. */
export function replaced(
  text: string,
  { from, wish, words }: { from: number; wish: string; words: string },
): string {
  if (text.startsWith(wish, from))
    return text.slice(0, from) + words + text.slice(from + wish.length);
  return text.trim() ? `${text.trimEnd()} ${words}` : words;
}

/** Returns the replies that fit a wish, those whose shortcut begins with it first. */
export function fitting(replies: readonly SavedReply[], wish: string): SavedReply[] {
  const needle = folded(wish);
  const rank = ({ shortcut, title }: SavedReply) => {
    if (folded(shortcut).startsWith(needle)) return 0;
    return folded(title).includes(needle) ? 1 : 2;
  };
  return replies.filter((reply) => rank(reply) < 2).sort((a, b) => rank(a) - rank(b));
}

/** Returns a reply's text in the customer's language (else English, else any) with its variables
 * filled in. A customer without a name is not called anything; what else is not known stays visible,
 * as an unknown variable does. */
export function written(reply: SavedReply, locale: string, variables: Variables): string {
  const { bodies } = reply;
  const text = bodies[locale] ?? bodies.en ?? Object.values(bodies)[0] ?? "";
  const fitting = variables.customer
    ? text
    : text.replace(/,?[ \u00a0]*\{\{\s*(?:customer|first_name)\s*\}\}/g, "");
  return fitting.replace(/\{\{\s*(\w+)\s*\}\}/g, (whole, name: string) => {
    const known = VARIABLES.find((one) => one === name);
    return (known && variables[known]) || whole;
  });
}

/** Returns the variables of a text that nobody filled in, as they stand there. */
export function unfilled(text: string): string[] {
  return [...new Set(text.match(/\{\{[^{}\n]{0,60}\}\}/g) ?? [])];
}
