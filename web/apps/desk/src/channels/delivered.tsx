import check from "lucide:check";
import checks from "lucide:check-check";
import alert from "lucide:circle-alert";
import clock from "lucide:clock-3";
import { Button, Icon } from "@stoa/ui";
import { type Delivery, resend } from "../api/channels.ts";
import { perform } from "../app/act.ts";
import { t } from "../app/texts.ts";
import { soon } from "./when.ts";
import { channelName, channelText, problemText } from "./words.ts";

const ICONS = { queued: clock, sending: clock, sent: check, delivered: checks } as const;

/** By which way a message went, and what became of it. */
export function Delivered({ delivery }: { delivery: Delivery }) {
  const { state, channel, to } = delivery;
  const icon = state in ICONS ? ICONS[state as keyof typeof ICONS] : alert;
  return (
    <span class="delivered" title={to}>
      {channelName(channel)}
      <Icon of={icon} size={14} label={t(`delivery.${state}`)} />
    </span>
  );
}

/** Why a message did not arrive, and another try. */
export function DeliveryTrouble({ delivery }: { delivery: Delivery }) {
  const { state, reason, detail, delivery_id: id } = delivery;
  const isOver = state === "failed" || state === "dead" || state === "refused";
  if (!isOver && !reason) return null;
  const time = delivery.due_at && soon(delivery.due_at);
  if (reason === "held_back" && time)
    return (
      <p class="delivery-trouble" role="status">
        {channelText("channel.limit.leaves", { time })}
      </p>
    );
  return (
    <div class={`delivery-trouble ${isOver ? "is-over" : ""}`} role={isOver ? "alert" : "status"}>
      <p>
        {isOver ? t(`delivery.${state}`) : t("delivery.again")} {problemText(reason)}{" "}
        {time && !isOver && channelText("channel.again", { time })}{" "}
        {detail && <span class="quiet">({detail})</span>}
      </p>
      {state !== "sending" && (
        <Button small onClick={() => void perform(() => resend(id))}>
          {t("delivery.resend")}
        </Button>
      )}
    </div>
  );
}
