import phone from "lucide:phone";
import phoneOff from "lucide:phone-off";
import { Button, Icon, Spinner } from "@stoa/ui";
import { useEffect } from "preact/hooks";
import { boot } from "../boot.ts";
import { focusInside } from "../focus.ts";
import { openChat } from "../open.ts";
import { t } from "../texts.ts";
import { decline, hangUp, requestCallback, retryMicrophone } from "./acts.ts";
import { CallbackForm } from "./callback.tsx";
import { Ended } from "./ended.tsx";
import { acceptHere } from "./main.tsx";
import { Refused } from "./refused.tsx";
import {
  begin,
  isAsking,
  isElsewhere,
  partner,
  phase,
  takeHere,
  trouble,
  wantsCallback,
} from "./session.ts";
import { ct } from "./texts.ts";
import { Trouble } from "./trouble.tsx";
import { Callback, Voicemail, Waiting } from "./waiting.tsx";

/** Why the microphone is asked for, before and while the browser asks. */
function Reason() {
  return <p class="quiet">{ct("ask.reason", { shop: boot.shop_name })}</p>;
}

function Asking() {
  return (
    <div class="call-page">
      <h2>{ct("ask.title", { shop: boot.shop_name })}</h2>
      <Reason />
      <div class="call-progress" role="status">
        <Spinner />
        <p>{isAsking.value ? ct("ask.allow") : ct("ask.ringing")}</p>
      </div>
      <Button look="quiet" data-autofocus onClick={hangUp}>
        {t("frame.cancel")}
      </Button>
    </div>
  );
}

/** There is no call: it can begin, also for somebody who cannot or will not be heard. */
function Idle() {
  const reason = trouble.value;
  if (wantsCallback.value) {
    return (
      <div class="call-page">
        <h2>{ct("callback.offer")}</h2>
        <CallbackForm ask={requestCallback} onClose={openChat} />
        <Refused />
      </div>
    );
  }
  return (
    <div class="call-page">
      <h2>{ct("ask.title", { shop: boot.shop_name })}</h2>
      {reason ? <Trouble reason={reason} /> : <Reason />}
      <Refused />
      <div class="call-choices">
        <Button
          look="primary"
          icon={phone}
          data-autofocus
          onClick={() => (reason ? retryMicrophone() : begin())}
        >
          {reason ? ct("trouble.again") : ct("ask.begin")}
        </Button>
        <Button onClick={() => begin(false)}>{ct("ask.listen")}</Button>
        <Button look="quiet" onClick={openChat}>
          {ct("ask.write")}
        </Button>
      </div>
      <p class="small quiet">{ct("ask.listenHint")}</p>
    </div>
  );
}

function Incoming() {
  return (
    <div class="call-page" role="alert">
      <span class="call-ringing" aria-hidden="true">
        <Icon of={phone} size={28} />
      </span>
      <h2>{ct("incoming.title", { name: partner.value, shop: boot.shop_name })}</h2>
      <Reason />
      <div class="call-choices">
        <Button look="primary" icon={phone} data-autofocus onClick={acceptHere}>
          {ct("incoming.accept")}
        </Button>
        <Button icon={phoneOff} onClick={decline}>
          {ct("incoming.decline")}
        </Button>
      </div>
    </div>
  );
}

function Elsewhere() {
  return (
    <div class="call-page">
      <h2>{isElsewhere.value ? ct("elsewhere.title") : ct("elsewhere.lost")}</h2>
      <p class="quiet">{ct("elsewhere.hint")}</p>
      <Refused />
      <div class="call-choices">
        <Button look="primary" icon={phone} data-autofocus onClick={takeHere}>
          {ct("elsewhere.take")}
        </Button>
        <Button look="quiet" onClick={openChat}>
          {t("channel.chat.title")}
        </Button>
      </div>
    </div>
  );
}

/** What was focused went with its phase; the reader goes on at what the next one marks. */
function useFocus(now: string) {
  useEffect(() => {
    const { activeElement, body } = document;
    const isLost = activeElement === body || activeElement?.tagName === "MAIN";
    const main = document.querySelector("main");
    return isLost && main && document.hasFocus() ? focusInside(main) : undefined;
  }, [now]);
}

/** The call while it is all that matters: before it is answered, and after its end. */
export function CallView() {
  const now = phase.value;
  useFocus(now);
  if (now === "asking") return <Asking />;
  if (now === "incoming") return <Incoming />;
  if (now === "waiting") return <Waiting />;
  if (now === "voicemail") return <Voicemail />;
  if (now === "callback") return <Callback />;
  if (now === "ended") return <Ended />;
  if (now === "elsewhere") return <Elsewhere />;
  if (now === "talking") return null;
  return <Idle />;
}
