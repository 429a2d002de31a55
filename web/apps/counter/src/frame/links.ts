/** A piece of a message: plain text, or a link that may be opened. */
export interface Piece {
  readonly text: string;
  readonly href?: string;
}

/* Addresses with a scheme only: guessing "shop.pl" would make links nobody meant. */
const ADDRESS = /\bhttps?:\/\/[^\s<>"'`]+/gi;
const TRAILING = /[.,;:!?…»”’)\]]+$/;

/** Cuts a trailing stop or an unmatched bracket off: "(see https://a.example/x)." */
function trimmed(address: string): string {
  let rest = address;
  for (;;) {
    const end = TRAILING.exec(rest)?.[0];
    if (!end) return rest;
    const last = rest.at(-1);
    if (last === ")" && rest.split("(").length >= rest.split(")").length) return rest;
    rest = rest.slice(0, -1);
  }
}

function isSafe(address: string): boolean {
  try {
    const url = new URL(address);
    // "https://bank.example@evil.example" shows a host that is not the one it leads to.
    return /^https?:$/.test(url.protocol) && !url.username && !url.password;
  } catch {
    return false;
  }
}

/** Returns the text in pieces, its http(s) addresses as links. */
export function linked(text: string): Piece[] {
  const pieces: Piece[] = [];
  let end = 0;
  for (const match of text.matchAll(ADDRESS)) {
    const address = trimmed(match[0]);
    if (!isSafe(address)) continue;
    if (match.index > end) pieces.push({ text: text.slice(end, match.index) });
    pieces.push({ text: address, href: address });
    end = match.index + address.length;
  }
  if (end < text.length) pieces.push({ text: text.slice(end) });
  return pieces;
}

const EMOJI = /^(?:\p{Extended_Pictographic}|\p{Emoji_Component}|\u200d|\ufe0f|\s)+$/u;

/** Whether a message is one to three emoji and nothing else: those are drawn large. */
export function isOnlyEmoji(text: string): boolean {
  if (text.length > 40 || !EMOJI.test(text) || !/\p{Extended_Pictographic}/u.test(text))
    return false;
  const clusters = new Intl.Segmenter(undefined, { granularity: "grapheme" });
  return [...clusters.segment(text.replace(/\s/g, ""))].length <= 3;
}
