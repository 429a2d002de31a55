/* What a text, an address or an attribute may say of a person, decided without a page. */

/** Stands for any text that is not told, however long it was. */
export const MASK = "••••••";

const EMAIL = /[^\s@<>"'(),:;]+@[^\s@<>"'(),:;]+\.[^\s@<>"'(),:;.]{2,}/g;
const DIGITS = /(?:\d[ .\-\u00a0\u202f]?){12,18}\d/g;
const IBAN = /\b[A-Z]{2}\d{2}(?:[ \u00a0\-]?[A-Z0-9]){11,30}\b/gi;
const WORTH_A_LOOK = /[@\d]/;

/** Whether the digits pass the check of payment cards (ISO/IEC 7812-1 annex B). */
export function isLuhn(digits: string): boolean {
  let sum = 0;
  for (let place = 0; place < digits.length; place += 1) {
    const digit = Number(digits[digits.length - 1 - place]);
    const doubled = place % 2 === 1 ? digit * 2 : digit;
    sum += doubled > 9 ? doubled - 9 : doubled;
  }
  return sum % 10 === 0;
}

/** Whether it is an IBAN with the right check digits (ISO 13616, ISO 7064 MOD 97-10). */
export function isIban(text: string): boolean {
  const bare = text.replace(/[^a-z0-9]/gi, "").toUpperCase();
  if (!/^[A-Z]{2}\d{2}[A-Z0-9]{11,30}$/.test(bare)) return false;
  let rest = 0;
  for (const char of bare.slice(4) + bare.slice(0, 4)) {
    const value = Number.parseInt(char, 36);
    rest = (rest * (value > 9 ? 100 : 10) + value) % 97;
  }
  return rest === 1;
}

/** The text without e-mail addresses, card numbers and IBANs. */
export function scrub(text: string): string {
  if (!WORTH_A_LOOK.test(text)) return text;
  return text
    .replace(EMAIL, MASK)
    .replace(IBAN, (found) => shortenIban(found))
    .replace(DIGITS, (found) => (isLuhn(found.replace(/\D/g, "")) ? MASK : found));
}

/* What follows an IBAN may look like more of it ("... 3000 for order"): the longest right one counts. */
function shortenIban(found: string): string {
  for (let end = found.length; end >= 15; end -= 1) {
    if (found[end - 1] !== " " && isIban(found.slice(0, end))) return MASK + found.slice(end);
  }
  return found;
}

const UUID = /^[0-9a-f]{8}-?(?:[0-9a-f]{4}-?){3}[0-9a-f]{12}$/i;
/** The longest word of a readable address: "Nachhaltigkeitsbericht". */
const WORD_MAX = 24;

/** Whether a piece of a path is a key that opens something, not a word that names it. */
export function isSecret(segment: string): boolean {
  if (segment.length < 16) return false;
  if (UUID.test(segment)) return true;
  const hasDigit = /\d/.test(segment);
  const isMixed = /[a-z]/.test(segment) && /[A-Z]/.test(segment);
  if (hasDigit && isMixed) return true;
  // A slug is made of words; a key is one piece.
  const longest = Math.max(...segment.split(/[-_.~]/).map((word) => word.length));
  return longest > WORD_MAX || (hasDigit && longest >= 16);
}

function withoutSecrets(path: string): string {
  return path
    .split("/")
    .map((segment) => (isSecret(decoded(segment)) ? "•" : scrub(segment)))
    .join("/");
}

function decoded(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}

/** An address as the agent may know it: no query, no fragment, no keys in its path. */
export function safeAddress(address: string, base: string): string {
  if (address.startsWith("#")) return isSecret(address.slice(1)) ? "#" : address;
  try {
    const { protocol, host, pathname } = new URL(address, base);
    if (protocol !== "http:" && protocol !== "https:") return "#";
    return `${protocol}//${host}${withoutSecrets(pathname)}`;
  } catch {
    return "#";
  }
}

const SECRET_PARAMETER = /token|key|sig|secret|session|auth|code|mail|user|pass|jwt|credential/i;

/** The address of a picture: the agent's browser needs all of it but what opens other doors. */
export function safeSource(address: string, base: string): string {
  if (address.startsWith("data:image/") || address.startsWith("blob:")) return address;
  let url: URL;
  try {
    url = new URL(address, base);
  } catch {
    return "";
  }
  if (url.protocol !== "http:" && url.protocol !== "https:") return "";
  url.username = url.password = "";
  for (const name of [...url.searchParams.keys()]) {
    const isTelling = (url.searchParams.getAll(name) as string[]).some(
      (value) => isSecret(value) || scrub(value) !== value,
    );
    if (SECRET_PARAMETER.test(name) || isTelling) url.searchParams.delete(name);
  }
  return url.href;
}

/** Whether a data attribute's value is a state that styles ask for ("open", "2", "is-active"). */
export function isState(value: string): boolean {
  return /^(?:[a-z][a-z-]{0,23}|\d{0,2})$/.test(value);
}

/** Whether a path fits a pattern in which `*` stands for anything. */
export function fits(path: string, pattern: string): boolean {
  const parts = pattern.split("*").map((part) => part.replace(/[.+?^${}()|[\]\\]/g, "\\$&"));
  return new RegExp(`^${parts.join(".*")}$`).test(path);
}
