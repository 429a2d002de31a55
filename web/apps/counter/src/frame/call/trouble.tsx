import type { MicrophoneReason } from "@stoa/rtc";
import { ct } from "./texts.ts";

type Browser = "chromium" | "firefox" | "safari" | "other";

/** Where the switch for the microphone is found differs by browser. */
export function browserOf(agent: string): Browser {
  if (/firefox|fxios/i.test(agent)) return "firefox";
  if (/chrom(e|ium)|crios|edg/i.test(agent)) return "chromium";
  return /safari/i.test(agent) ? "safari" : "other";
}

/** What happened to the microphone, and what can be done. */
export function Trouble({ reason }: { reason: MicrophoneReason }) {
  const isRefused = reason === "refused";
  return (
    <div class="stack" role="alert">
      <p>
        <strong>{ct(`trouble.${reason}`)}</strong>
      </p>
      <p class="quiet">
        {isRefused
          ? ct(`trouble.refused.${browserOf(navigator.userAgent)}`)
          : ct(`trouble.${reason}.next`)}
      </p>
    </div>
  );
}
