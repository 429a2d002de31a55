import type { SavedReply } from "../api/conversations.ts";
import { folded } from "../app/folded.ts";

export interface Variables {
  /** Empty while the customer has not said their name. */
  readonly customer: string;
  readonly agent: string;
  readonly shop: string;
  readonly page: string;
}

/** Returns what the text asks for after a "/" at the beginning of a word at the caret, or null. */
export function wishAt(text: string, caret: number): { start: number; wish: string } | null {
  const before = text.slice(0, caret);
  const match = /(?:^|\s)\/([^\s/]*)$/.exec(before);
  if (!match) return null;
  return { start: caret - (match[1]?.length ?? 0) - 1, wish: match[1] ?? "" };
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
 * filled in: {{customer}}, {{agent}}, {{shop}}, {{page}}. A customer without a name is not called
 * anything. An unknown variable stays visible. */
export function written(reply: SavedReply, locale: string, variables: Variables): string {
  const { bodies } = reply;
  const text = bodies[locale] ?? bodies.en ?? Object.values(bodies)[0] ?? "";
  const fitting = variables.customer
    ? text
    : text.replace(/,?[ \u00a0]*\{\{\s*customer\s*\}\}/g, "");
  return fitting.replace(
    /\{\{\s*(customer|agent|shop|page)\s*\}\}/g,
    (_, name: keyof Variables) => variables[name],
  );
}
