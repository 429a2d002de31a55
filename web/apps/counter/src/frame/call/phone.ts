const ALLOWED = /^\+?[\d\s().\-/]+$/;
/** ITU-T E.164 has at most 15 digits; the shortest numbers that can be called have about six. */
const DIGITS_MIN = 6;
const DIGITS_MAX = 15;

/** Whether a text has the shape of a phone number; whether it is one shows when it is called. */
export function isPhone(text: string): boolean {
  const digits = text.replace(/\D/g, "").length;
  return ALLOWED.test(text) && digits >= DIGITS_MIN && digits <= DIGITS_MAX;
}
