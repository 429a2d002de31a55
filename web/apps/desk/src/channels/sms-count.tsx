import type { Way } from "../api/channels.ts";
import { priceWords } from "./price.ts";
import { segmentsOf, simplified } from "./sms-segments.ts";
import { channelText } from "./words.ts";

/** What an answer by SMS will take and cost, said while it is written. */
export function SmsCount({ way, text }: { way: Way; text: string }) {
  const counting = way.counting;
  if (!counting) return null;
  // The server leaves the ends of an answer out as well.
  const sent = text.trim();
  const { count, left, each } = segmentsOf(counting.simplifies ? simplified(sent) : sent);
  const isTooLong = count > counting.most;
  const words = [
    channelText("channel.sms.count", { count, left, each }),
    counting.each_micros !== null && counting.currency
      ? priceWords(counting.each_micros * count, counting.currency)
      : "",
    isTooLong
      ? channelText("channel.problem.sms_too_long", { parts: count, most: counting.most })
      : "",
  ];
  return (
    <p class={`sms-count ${isTooLong ? "way-problem" : "quiet"}`}>
      {words.filter(Boolean).join(" · ")}
    </p>
  );
}
