import { Button } from "@stoa/ui";
import { t } from "../app/texts.ts";
import { staff } from "../session/store.ts";
import { cancelTransfer, completeTransfer } from "./acts.ts";
import { consultationOf, type Seat } from "./rules.ts";
import {
  audioState,
  isBlocked,
  microphoneProblem,
  place,
  retryMicrophone,
  speakAgain,
  speakHere,
  unblock,
} from "./speaking.ts";

/** What the call needs of the person before it goes on as it should. */
export function Trouble() {
  if (place.value === "elsewhere") {
    return (
      <p class="call-trouble ui-tone-action" role="status">
        <span class="grow">{t("callBar.elsewhere")}</span>
        <Button small look="primary" onClick={speakHere}>
          {t("callBar.takeHere")}
        </Button>
      </p>
    );
  }
  if (audioState.value === "failed") {
    return (
      <p class="call-trouble ui-tone-bad" role="alert">
        <span class="grow">{t("callBar.failed")}</span>
        <Button small onClick={speakAgain}>
          {t("callBar.connectAgain")}
        </Button>
      </p>
    );
  }
  if (isBlocked.value) {
    return (
      <p class="call-trouble ui-tone-warn" role="alert">
        <span class="grow">{t("callBar.blocked")}</span>
        <Button small look="primary" onClick={unblock}>
          {t("callBar.unblock")}
        </Button>
      </p>
    );
  }
  return <MicrophoneTrouble />;
}

const MICROPHONES = {
  refused: "microphone.refused",
  policy: "microphone.refused",
  missing: "microphone.missing",
  in_use: "microphone.inUse",
  insecure: "microphone.insecure",
  unsupported: "microphone.unsupported",
  unknown: "microphone.unknown",
} as const;

function MicrophoneTrouble() {
  const reason = microphoneProblem.value;
  if (!reason) return null;
  return (
    <p class="call-trouble ui-tone-warn" role="alert">
      <span class="grow">
        {t(MICROPHONES[reason])} {t("microphone.stillHears")}
      </span>
      <Button small onClick={() => retryMicrophone()}>
        {t("action.retry")}
      </Button>
    </p>
  );
}

function staffName(id: string): string {
  return staff.value.find((person) => person.id === id)?.name ?? "";
}

/** A colleague is asked before the call is passed on; the customer is held meanwhile. */
export function Consultation({ current }: { current: Seat }) {
  const asked = consultationOf(current);
  if (asked.is === "none") return null;
  const name = asked.is === "ringing" ? staffName(asked.offer.staff_id) : asked.colleague.name;
  return (
    <p class="call-trouble ui-tone-action" role="status">
      <span class="grow">
        {t(asked.is === "ringing" ? "consult.ringing" : "consult.talking", { name })}
      </span>
      {asked.is === "talking" && (
        <Button small look="primary" onClick={completeTransfer}>
          {t("consult.complete")}
        </Button>
      )}
      <Button small onClick={cancelTransfer}>
        {t("consult.cancel")}
      </Button>
    </p>
  );
}
