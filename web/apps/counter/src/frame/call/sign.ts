import { computed } from "@preact/signals";
import type { CallSign } from "../../bridge.ts";
import { boot } from "../boot.ts";
import { call } from "../calls.ts";
import { serverNow } from "../line.ts";
import { audioState, hasMicrophone, isMuted, partner, phase, verdict } from "./session.ts";
import { showing } from "./slots.ts";
import { ct } from "./texts.ts";

/** The server's moment on this device's clock. */
export function localTime(at: string): number {
  return Date.parse(at) + Date.now() - serverNow();
}

/** Where somebody who waits stands, in one short line. */
export function standing(): string {
  if (call.value?.is_attended === false) return ct("waiting.nobody");
  const position = call.value?.position;
  if (!position) return ct("waiting.title");
  return position === 1 ? ct("waiting.next") : ct("waiting.ahead", { count: position - 1 });
}

/** What the page around shows of the call while the panel is closed. */
export const sign = computed<CallSign | null>(() => {
  const now = call.value;
  const end = { act: "end", label: ct("bar.end") } as const;
  const plain = { kind: "live", since: null, detail: "", tone: "good" } as const;
  if (phase.value === "incoming") {
    return {
      kind: "incoming",
      title: ct("incoming.title", { name: partner.value, shop: boot.shop_name }),
      detail: "",
      since: null,
      tone: "good",
      acts: [
        { act: "accept", label: ct("incoming.accept") },
        { act: "decline", label: ct("incoming.decline") },
      ],
    };
  }
  if (phase.value === "waiting") {
    return { ...plain, title: ct("waiting.title"), detail: standing(), acts: [end] };
  }
  if (phase.value === "voicemail") return { ...plain, title: ct("voicemail.title"), acts: [end] };
  if (phase.value !== "talking" || !now) return null;
  const isAway = audioState.value === "away";
  const isPoor = verdict.value === "poor";
  const silence = isMuted.value
    ? ({ act: "unmute", label: ct("bar.unmute") } as const)
    : ({ act: "mute", label: ct("bar.mute") } as const);
  return {
    ...plain,
    title: partner.value,
    detail: isAway ? ct("line.away") : isPoor ? ct("quality.poor") : showing.value,
    since: now.answered_at && !isAway ? localTime(now.answered_at) : null,
    tone: isAway || isPoor ? "warn" : "good",
    acts: hasMicrophone.value ? [silence, end] : [end],
  };
});
