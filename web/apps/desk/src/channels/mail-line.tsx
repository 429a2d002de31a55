import calendar from "lucide:calendar";
import forward from "lucide:forward";
import shield from "lucide:shield-check";
import { useSignal } from "@preact/signals";
import { Button, Icon } from "@stoa/ui";
import type { MailCard } from "../api/channels.ts";
import { lazily } from "../app/lazy.tsx";
import { formats, t } from "../app/texts.ts";
import { channelText } from "./words.ts";

const original = lazily(async () => (await import("./original.tsx")).OriginalDialog);

const who = ({ name, address }: MailCard["sender"]) => (name ? `${name} <${address}>` : address);

/** What a mail shows above its text: subject, sender, who else got it, what was left out. */
export function MailLine({ card, messageId }: { card: MailCard; messageId: string }) {
  const isOpen = useSignal(false);
  const others = card.recipient_count - 1;
  return (
    <div class="mail-line">
      <p class="mail-subject">{card.subject || t("mail.noSubject")}</p>
      <p class="quiet mail-sender">
        {who(card.sender)}
        {card.is_verified && <Icon of={shield} size={13} label={t("mail.verified")} />}
        {others > 0 && ` ${t("mail.others", { count: others })}`}
        {card.is_forwarded && <Icon of={forward} size={13} label={t("mail.forwarded")} />}
        {card.is_automatic && ` ${t("mail.automatic")}`}
      </p>
      {card.invitation && (
        <p class="mail-invitation">
          <Icon of={calendar} size={14} /> {card.invitation.title}
          {card.invitation.starts_at && ` · ${formats().dateTime(card.invitation.starts_at)}`}
          {card.invitation.location && ` · ${card.invitation.location}`}
          {card.invitation.method === "cancel" && ` · ${t("mail.calledOff")}`}
        </p>
      )}
      {card.notes.map((code) => (
        <p key={code} class="quiet mail-note">
          {channelText(`mail.note.${code}`)}
        </p>
      ))}
      <Button small look="quiet" class="mail-open" onClick={() => (isOpen.value = true)}>
        {card.has_quote ? t("mail.originalQuoted") : t("mail.original")}
      </Button>
      {isOpen.value && (
        <original.View messageId={messageId} onClose={() => (isOpen.value = false)} />
      )}
    </div>
  );
}
