import { Banner, Button, Spinner } from "@stoa/ui";
import { chat, wordsWhileClosed } from "./channels.ts";
import { conversation, messages, pending, state } from "./chat.ts";
import { Composer } from "./composer.tsx";
import { Messages } from "./messages.tsx";
import { openChat } from "./open.ts";
import { t, waitText } from "./texts.ts";
import { dialog, notice } from "./view.ts";

/** One line that tells the customer where they stand while nobody has answered yet. */
function Standing() {
  const now = conversation.value;
  if (notice.value) return <Banner tone="good">{notice.value}</Banner>;
  if (now?.state === "closed") return <Banner tone="neutral">{t("chat.closed")}</Banner>;
  const isAway = chat.value?.is_available === false;
  if (isAway && !now?.contact_email) {
    const leave = now && (
      <Button
        small
        onClick={() => {
          dialog.value = "contact";
        }}
      >
        {t("chat.awayAction")}
      </Button>
    );
    return <Banner action={leave}>{wordsWhileClosed(chat.value) ?? t("chat.away")}</Banner>;
  }
  const last = messages.value.findLast((one) => one.sender_kind !== "system");
  if (last?.sender_kind !== "customer" || now?.agent) return null;
  if (isAway && now?.contact_email) {
    return <Banner tone="good">{t("chat.waitingMail", { email: now.contact_email })}</Banner>;
  }
  const wait = chat.value?.wait;
  const words = wait ? t("chat.waitingAbout", { time: waitText(wait) }) : t("chat.waiting");
  return <Banner tone="good">{words}</Banner>;
}

export function Chat() {
  if (state.value === "failed") {
    return (
      <div class="middle" role="alert">
        <p>{t("chat.failed")}</p>
        <Button look="primary" data-autofocus onClick={openChat}>
          {t("frame.retry")}
        </Button>
      </div>
    );
  }
  if (state.value === "unknown" || state.value === "loading") {
    return (
      <div class="middle" role="status">
        <Spinner />
        <p class="quiet">{t("chat.loading")}</p>
      </div>
    );
  }
  const isEmpty = messages.value.length === 0 && pending.value.length === 0;
  return (
    <>
      <Standing />
      {isEmpty ? <p class="middle quiet">{t("chat.empty")}</p> : <Messages />}
      <Composer />
    </>
  );
}
