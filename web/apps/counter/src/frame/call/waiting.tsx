import back from "lucide:phone-incoming";
import phoneOff from "lucide:phone-off";
import recorder from "lucide:voicemail";
import { useSignal } from "@preact/signals";
import { Button } from "@stoa/ui";
import { call } from "../calls.ts";
import { messages } from "../chat.ts";
import { openChat } from "../open.ts";
import { t, waitText } from "../texts.ts";
import {
  askCallback,
  busy,
  callbackPhone,
  finishVoicemail,
  hangUp,
  leaveVoicemail,
} from "./acts.ts";
import { CallbackForm } from "./callback.tsx";
import { Meter } from "./meter.tsx";
import { Refused } from "./refused.tsx";
import { audioState, isBlocked, levels, sound } from "./session.ts";
import { standing } from "./sign.ts";
import { ct } from "./texts.ts";

/** What the customer hears just now, for those who hear nothing. */
function Heard() {
  if (isBlocked.value) {
    return (
      <Button small onClick={() => sound()?.unblock()}>
        {ct("line.unblock")}
      </Button>
    );
  }
  if (audioState.value === "away") {
    return (
      <p class="is-bad" role="status">
        {ct("line.away")}
      </p>
    );
  }
  if (audioState.value !== "connected")
    return <p class="small quiet">{ct("waiting.connecting")}</p>;
  return (
    <div class="call-level">
      <Meter levels={levels} side="other" />
      <span class="small quiet">{ct("waiting.music")}</span>
    </div>
  );
}

export function Waiting() {
  const isAsking = useSignal(false);
  const now = call.value;
  const wait = now?.wait;
  return (
    <div class="call-page">
      <h2>{ct("waiting.title")}</h2>
      <div role="status">
        <p class="call-position">{standing()}</p>
        {wait && <p class="quiet">{ct("waiting.about", { time: waitText(wait) })}</p>}
        {now?.is_attended === false && <p class="quiet">{ct("waiting.nobodyHint")}</p>}
      </div>
      <Heard />
      <Refused />
      {isAsking.value ? (
        <CallbackForm
          ask={askCallback}
          onClose={() => {
            isAsking.value = false;
          }}
        />
      ) : (
        <div class="call-choices">
          {now?.is_callback_offered && (
            <Button
              icon={back}
              onClick={() => {
                isAsking.value = true;
              }}
            >
              {ct("callback.offer")}
            </Button>
          )}
          {now?.is_voicemail_offered && (
            <Button icon={recorder} busy={busy.value === "voicemail"} onClick={leaveVoicemail}>
              {ct("voicemail.offer")}
            </Button>
          )}
          <Button look="quiet" onClick={openChat}>
            {ct("waiting.write")}
          </Button>
          <Button
            look="danger"
            icon={phoneOff}
            data-autofocus
            busy={busy.value === "end"}
            onClick={hangUp}
          >
            {ct("bar.end")}
          </Button>
        </div>
      )}
    </div>
  );
}

/** Whether what is said is kept by now: the prompt and the tone come first. */
function isRunning(): boolean {
  const id = call.value?.id;
  return messages.value.some(
    ({ card }) =>
      card?.type === "call" &&
      card.call_id === id &&
      card.recordings?.some((one) => one.kind === "voicemail" && one.state === "running"),
  );
}

export function Voicemail() {
  return (
    <div class="call-page">
      <h2>{ct("voicemail.title")}</h2>
      <p role="status">
        {isRunning() && <span class="call-dot" aria-hidden="true" />}
        {isRunning() ? ct("voicemail.running") : ct("voicemail.speak")}
      </p>
      <div class="call-level">
        <Meter levels={levels} side="own" />
        <span class="small quiet">{ct("voicemail.heard")}</span>
      </div>
      <Refused />
      <div class="call-choices">
        <Button
          look="primary"
          icon={recorder}
          data-autofocus
          busy={busy.value === "voicemail"}
          onClick={finishVoicemail}
        >
          {ct("voicemail.finish")}
        </Button>
      </div>
    </div>
  );
}

/** The place in the queue is kept, and the customer is free. */
export function Callback() {
  const number = callbackPhone.value;
  return (
    <div class="call-page">
      <h2>{ct("callback.title")}</h2>
      <p role="status">
        {number ? ct("callback.keptPhone", { phone: number }) : ct("callback.kept")}
      </p>
      <Refused />
      <div class="call-choices">
        <Button look="primary" data-autofocus onClick={openChat}>
          {t("channel.chat.title")}
        </Button>
        <Button look="quiet" busy={busy.value === "end"} onClick={hangUp}>
          {ct("callback.cancel")}
        </Button>
      </div>
    </div>
  );
}
