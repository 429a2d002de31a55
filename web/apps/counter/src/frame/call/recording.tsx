import { Button } from "@stoa/ui";
import { call } from "../calls.ts";
import { answerRecording, busy } from "./acts.ts";
import { partner } from "./session.ts";
import { ct } from "./texts.ts";

/** Whether the call is recorded, and the customer's word on it. */
export function Recording() {
  const state = call.value?.recording ?? "off";
  const isBusy = busy.value === "recording";
  if (state === "off") return null;
  if (state === "refused") {
    return (
      <p class="call-note" role="status">
        {ct("recording.refused")}
      </p>
    );
  }
  const stop = (
    <Button small busy={isBusy} onClick={() => answerRecording(false)}>
      {state === "on" ? ct("recording.stop") : ct("recording.refuse")}
    </Button>
  );
  return (
    <div class="call-note" role="status">
      <p>
        {state === "on" && <span class="call-dot" aria-hidden="true" />}
        {state === "asked"
          ? ct("recording.asked", { name: partner.value })
          : ct(`recording.${state}`)}
      </p>
      <div class="row">
        {state === "asked" && (
          <Button small look="primary" busy={isBusy} onClick={() => answerRecording(true)}>
            {ct("recording.agree")}
          </Button>
        )}
        {stop}
      </div>
    </div>
  );
}
