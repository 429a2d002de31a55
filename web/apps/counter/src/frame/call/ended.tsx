import phone from "lucide:phone";
import back from "lucide:phone-incoming";
import { useSignal } from "@preact/signals";
import { Button } from "@stoa/ui";
import { call } from "../calls.ts";
import { openChat } from "../open.ts";
import { formats } from "../texts.ts";
import { requestCallback } from "./acts.ts";
import { CallbackForm } from "./callback.tsx";
import { Refused } from "./refused.tsx";
import { begin, dismiss } from "./session.ts";
import { ct } from "./texts.ts";

/** Ended in a way nobody wanted: another try is offered first. */
const UNWANTED = ["lost", "failed", "missed"];

function talkedFor(): string {
  const now = call.value;
  if (!now?.answered_at || !now.ended_at) return "";
  const seconds = (Date.parse(now.ended_at) - Date.parse(now.answered_at)) / 1_000;
  return ct("ended.duration", { time: formats.value.duration(seconds) });
}

/** What became of the call, and what can follow. */
export function Ended() {
  const reason = call.value?.end_reason ?? "completed";
  const isAsking = useSignal(false);
  const isUnwanted = UNWANTED.includes(reason);
  const goToChat = () => {
    dismiss();
    void openChat();
  };
  if (isAsking.value) {
    return (
      <div class="call-page">
        <h2>{ct("callback.offer")}</h2>
        <CallbackForm
          ask={requestCallback}
          onClose={() => {
            isAsking.value = false;
          }}
        />
        <Refused />
      </div>
    );
  }
  return (
    <div class="call-page">
      <h2>{ct(`ended.${reason}`)}</h2>
      <p class="quiet" role="status">
        {reason === "completed" ? talkedFor() : ct(`ended.${reason}.next`)}
      </p>
      <div class="call-choices">
        <Button look="primary" data-autofocus={!isUnwanted || undefined} onClick={goToChat}>
          {ct("ended.chat")}
        </Button>
        <Button icon={phone} data-autofocus={isUnwanted || undefined} onClick={() => begin()}>
          {ct("ended.again")}
        </Button>
        {isUnwanted && call.value?.is_callback_offered && (
          <Button
            icon={back}
            onClick={() => {
              isAsking.value = true;
            }}
          >
            {ct("callback.offer")}
          </Button>
        )}
      </div>
    </div>
  );
}
