import { effect } from "@preact/signals";
import { showToast } from "@stoa/ui";
import { useEffect } from "preact/hooks";
import type { CallRow } from "../api/calls.ts";
import { isTalking } from "../app/attention.ts";
import { route } from "../app/router.ts";
import { formats } from "../app/texts.ts";
import { CallBar } from "./call-bar.tsx";
import { startRinging } from "./ring.ts";
import { RingCards } from "./ring-card.tsx";
import { startSpeaking } from "./speaking.ts";
import { onEnded, seat } from "./store.ts";
import { Pictures } from "./video/gate.tsx";
import { callerName, stateWords } from "./words.ts";

export { call, supervise } from "./speaking.ts";

const GOOD_ENDS: readonly (string | null)[] = ["completed", "called_back"];

function focusComposer(): void {
  if (document.activeElement !== document.body) return;
  document.querySelector<HTMLElement>(".composer textarea")?.focus();
}

/** After a call its agent writes down what matters: the composer is ready for it. */
function wrapUp(ended: CallRow, wasMine: boolean): void {
  if (!wasMine) return;
  const tone = GOOD_ENDS.includes(ended.end_reason) ? "good" : "neutral";
  const { answered_at: from, ended_at: to } = ended;
  const seconds = from && to ? (Date.parse(to) - Date.parse(from)) / 1000 : null;
  const lasted = seconds === null ? "" : ` (${formats().duration(seconds)})`;
  showToast({ text: `${callerName(ended)}: ${stateWords(ended)}${lasted}`, tone });
  const at = route.peek();
  const isHere = at.page === "inbox" && at.id === ended.conversation_id;
  if (isHere) setTimeout(focusComposer); // once the bar, which may have the focus, is gone
}

/** Everything a desk shows and does while calls ring and go on. */
export function CallLayer() {
  useEffect(() => {
    const stops = [
      startSpeaking(),
      startRinging(),
      onEnded(wrapUp),
      effect(() => {
        isTalking.value = seat.value !== null;
      }),
    ];
    return () => {
      for (const stop of stops) stop();
      isTalking.value = false;
    };
  }, []);
  return (
    <>
      <CallBar />
      <Pictures />
      <RingCards />
    </>
  );
}
