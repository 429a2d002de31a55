import { maybeHours } from "./texts.ts";

/** The channels that a shop's hours and promises can tell apart. */
export const CHANNELS = ["chat", "call", "message", "email", "sms"] as const;

/** A channel as the reader's language names it; one that came later goes by its code. */
export function channelName(code: string): string {
  return maybeHours(`channel.${code}`) ?? code;
}
