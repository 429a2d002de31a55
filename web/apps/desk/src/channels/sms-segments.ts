/** How an SMS is counted: the same arithmetic as stoa/contact/channels/sms/encoding.py, held to the
 * same cases (tests/contact/channels/sms/segments.json). */

export interface Segments {
  readonly encoding: "gsm7" | "ucs2";
  readonly count: number;
  /** What still fits into the last part, of `each`. */
  readonly left: number;
  readonly each: number;
}

// 3GPP TS 23.038 section 6.2.1 without its escape, and the extension table, whose letters take two.
const BASIC = new Set(
  "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?" +
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà",
);
const EXTENSION = new Set("\f^{}\\[~]|€");
const ALONE = { gsm7: 160, ucs2: 70 };
const PART = { gsm7: 153, ucs2: 67 };

const GREEK = "ΑΒΕΖΗΙΚΜΝΟΡΤΥΧ";
const LOOK = "ABEZHIKMNOPTYX";
const PLAIN: Readonly<Record<string, string>> = {
  ł: "l",
  Ł: "L",
  đ: "d",
  Đ: "D",
  "„": '"',
  "“": '"',
  "”": '"',
  "«": '"',
  "»": '"',
  "‚": "'",
  "‘": "'",
  "’": "'",
  "–": "-",
  "—": "-",
  "…": "...",
  "\u00a0": " ",
  "\u202f": " ",
};

const isGsm = (letter: string) => BASIC.has(letter) || EXTENSION.has(letter);

function encodingOf(text: string): "gsm7" | "ucs2" {
  for (const letter of text) if (!isGsm(letter)) return "ucs2";
  return "gsm7";
}

/** Returns how the text is sent: in how many parts, and what is left of the last one. */
export function segmentsOf(text: string): Segments {
  const encoding = encodingOf(text);
  // In UCS-2 a letter takes its UTF-16 units, in GSM 7 one of the extension table takes two.
  const size = (letter: string) =>
    encoding === "ucs2" ? letter.length : EXTENSION.has(letter) ? 2 : 1;
  const letters = [...text];
  const all = letters.reduce((sum, letter) => sum + size(letter), 0);
  if (all <= ALONE[encoding])
    return { encoding, count: 1, left: ALONE[encoding] - all, each: ALONE[encoding] };
  let count = 1;
  let units = 0;
  for (const letter of letters) {
    // Neither an escape nor a surrogate pair is cut in two.
    if (units + size(letter) > PART[encoding]) {
      count += 1;
      units = 0;
    }
    units += size(letter);
  }
  return { encoding, count, left: PART[encoding] - units, each: PART[encoding] };
}

/** Returns the text without what GSM 7 lacks, if that makes it GSM 7 as a whole; else as it was. */
export function simplified(text: string): string {
  if (encodingOf(text) === "gsm7") return text;
  const plain = [...text.normalize("NFC")].map(simple).join("");
  return encodingOf(plain) === "gsm7" ? plain : text;
}

function simple(letter: string): string {
  if (isGsm(letter)) return letter;
  const known = PLAIN[letter];
  if (known !== undefined) return known;
  let bare = letter.normalize("NFD").replace(/\p{M}/gu, "");
  if (bare >= "\u0370" && bare <= "\u03ff") bare = bare.toUpperCase();
  const at = GREEK.indexOf(bare);
  return bare !== "" && at >= 0 ? (LOOK[at] as string) : bare;
}
