import check from "lucide:check";
import checks from "lucide:check-check";
import alert from "lucide:circle-alert";
import clock from "lucide:clock-3";
import file from "lucide:file";
import lock from "lucide:lock";
import { Button, Icon } from "@stoa/ui";
import {
  type Attachment,
  attachmentUrl,
  type Message,
  type RatingCard,
  type SystemFact,
} from "../api/conversations.ts";
import { lazily } from "../app/lazy.tsx";
import { formats, t } from "../app/texts.ts";
import { CallCardView } from "../calls/call-card.tsx";
import { Delivered, DeliveryTrouble } from "../channels/delivered.tsx";
import { MailLine } from "../channels/mail-line.tsx";
import { CobrowseCardView } from "../cobrowse/card.tsx";
import { me } from "../session/store.ts";
import { WalkCardView } from "../walks/card.tsx";
import { OrderCardView, ProductCardView, ProposalCardView } from "./cards.tsx";
import { linked } from "./linked.tsx";
import type { Outgoing } from "./timeline.ts";

const ruleCard = lazily(async () => (await import("../automation/card.tsx")).RuleCardView);

function factWords({ fact, staff_name, by_name, team_name }: SystemFact): string {
  const [name, by] = [staff_name ?? "", by_name ?? ""];
  switch (fact) {
    case "assigned":
      return t("fact.assigned", { name });
    case "released":
      return t("fact.released", { by });
    case "handed_over":
      return by ? t("fact.handedOver", { name, by }) : t("fact.routed", { name });
    case "closed":
      return t("fact.closed");
    case "reopened":
      return t("fact.reopened");
    case "transcript_sent":
      return t("fact.transcriptSent");
    case "stranger_wrote":
      return t("fact.strangerWrote", { by });
    case "routed":
      return t("fact.routed", { name });
    case "returned":
      return t("fact.returned", { name });
    case "moved":
      return by_name
        ? t("fact.passedOn", { by, team: team_name ?? "" })
        : t("fact.moved", { team: team_name ?? "" });
  }
}

function ratingWords({ score, words, is_withdrawn }: RatingCard): string {
  if (is_withdrawn) return t("fact.ratingWithdrawn");
  if (score === null) return t("fact.ratingAsked");
  return [t("fact.rated", { score }), words].filter(Boolean).join(": ");
}

const PREVIEW = { width: 320, height: 240 };

/** Returns the size at which a picture is shown, so that its place is kept before it is there. */
function fitted({ width, height }: Attachment): { width?: number; height?: number } {
  if (!width || !height) return {};
  const scale = Math.min(1, PREVIEW.width / width, PREVIEW.height / height);
  return { width: Math.round(width * scale), height: Math.round(height * scale) };
}

function Attachments({ items }: { items: readonly Attachment[] }) {
  if (items.length === 0) return null;
  return (
    <ul class="attachments">
      {items.map((item) => (
        <li key={item.id}>
          <a href={attachmentUrl(item.id)} target="_blank" rel="noopener" class="attachment">
            {item.has_preview ? (
              <img
                src={`${attachmentUrl(item.id)}/preview`}
                alt={item.file_name}
                {...fitted(item)}
                loading="lazy"
              />
            ) : (
              <>
                <Icon of={file} size={18} />
                <span>{item.file_name}</span>
                <span class="quiet">{formats().fileSize(item.size_bytes)}</span>
              </>
            )}
          </a>
        </li>
      ))}
    </ul>
  );
}

/** A line between the messages: assigned, closed, invited. */
function SystemLine({ message }: { message: Message }) {
  const { card } = message;
  const text =
    card?.type === "system"
      ? factWords(card)
      : card?.type === "rating"
        ? ratingWords(card)
        : message.body;
  return (
    <p class="system-line">
      {text} · {formats().time(message.created_at)}
    </p>
  );
}

function Body({ message, customerName }: { message: Message; customerName: string }) {
  const { card, body } = message;
  return (
    <>
      {card?.type === "product" && <ProductCardView card={card} />}
      {card?.type === "order" && <OrderCardView card={card} />}
      {card?.type === "proposal" && <ProposalCardView card={card} />}
      {card?.type === "call" && <CallCardView card={card} customer={customerName} />}
      {card?.type === "cobrowse" && <CobrowseCardView card={card} />}
      {card?.type === "walk" && <WalkCardView card={card} />}
      {card?.type === "rule" && <ruleCard.View card={card} />}
      {card?.type === "mail" && <MailLine card={card} messageId={message.id} />}
      {card?.type === "system" && <p class="message-text">{factWords(card)}</p>}
      {body && <p class="message-text">{linked(body)}</p>}
    </>
  );
}

interface MessageProps {
  message: Message;
  isFirst: boolean;
  customerName: string;
  /** How far the customer has read; shown under one's own messages. */
  readSeq: number;
}

export function MessageView({ message, isFirst, customerName, readSeq }: MessageProps) {
  if (message.kind === "system") return <SystemLine message={message} />;
  const isNote = message.kind === "note";
  const isCustomer = message.sender_kind === "customer";
  const isMine = message.staff_id === me.value?.id;
  const isHouse = message.sender_kind === "system";
  const name = isCustomer
    ? customerName
    : isMine
      ? t("conversation.you")
      : isHouse
        ? t("message.automatic")
        : message.staff_name;
  const isRead = !isCustomer && !isNote && message.seq <= readSeq;
  const side = isCustomer ? "theirs" : "ours";
  return (
    <article class={`message ${side} ${isNote ? "is-note" : ""} ${isFirst ? "is-first" : ""}`}>
      {isFirst && (
        <header class="message-head">
          {isNote && <Icon of={lock} size={13} />}
          <span>{isNote && !isHouse ? t("note.by", { name: name ?? "" }) : name}</span>
        </header>
      )}
      <div class="bubble">
        <Body {...{ message, customerName }} />
        <Attachments items={message.attachments} />
        <footer class="message-foot">
          <time dateTime={message.created_at} title={formats().dateTime(message.created_at)}>
            {formats().time(message.created_at)}
          </time>
          {message.delivery && <Delivered delivery={message.delivery} />}
          {!isCustomer && !isNote && !message.delivery && (
            <Icon
              of={isRead ? checks : check}
              size={14}
              label={isRead ? t("message.read") : t("message.sent")}
            />
          )}
        </footer>
        {message.delivery && <DeliveryTrouble delivery={message.delivery} />}
      </div>
    </article>
  );
}

interface OutgoingProps {
  outgoing: Outgoing;
  onRetry: () => void;
  onDrop: () => void;
}

/** What is on its way: it says so, and what to do when it was refused. */
export function OutgoingView({ outgoing, onRetry, onDrop }: OutgoingProps) {
  const hasFailed = outgoing.state === "failed";
  return (
    <article class={`message ours is-first is-outgoing ${outgoing.isNote ? "is-note" : ""}`}>
      <div class="bubble">
        {outgoing.body && <p class="message-text">{outgoing.body}</p>}
        {outgoing.attachmentNames.map((name) => (
          <p key={name} class="attachment">
            <Icon of={file} size={18} /> {name}
          </p>
        ))}
        <footer class="message-foot">
          <Icon of={hasFailed ? alert : clock} size={14} />
          {hasFailed ? t("message.failed") : t("message.sending")}
        </footer>
      </div>
      {hasFailed && (
        <div class="message-actions">
          <Button small onClick={onRetry}>
            {t("action.retry")}
          </Button>
          <Button small look="quiet" onClick={onDrop}>
            {t("message.discard")}
          </Button>
        </div>
      )}
    </article>
  );
}
