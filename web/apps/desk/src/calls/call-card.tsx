import phoneIncoming from "lucide:phone-incoming";
import phoneMissed from "lucide:phone-missed";
import phoneOutgoing from "lucide:phone-outgoing";
import voicemail from "lucide:voicemail";
import { useSignal } from "@preact/signals";
import { Badge, Icon, type Tone } from "@stoa/ui";
import { useEffect, useMemo } from "preact/hooks";
import { type CallCard, type Quality, readCall } from "../api/calls.ts";
import { now } from "../app/clock.ts";
import { lazily } from "../app/lazy.tsx";
import { resource } from "../app/resource.ts";
import { formats, t } from "../app/texts.ts";
import { factWords, qualityWord, stateWords } from "./words.ts";

const recording = lazily(async () => (await import("./recording.tsx")).RecordingView);

const MISSED: readonly (string | null | undefined)[] = [
  "missed",
  "abandoned",
  "no_answer",
  "lost",
  "failed",
];
const TONES: Record<Quality, Tone> = { good: "good", fair: "warn", poor: "bad" };

function iconOf({ direction, state, end_reason }: CallCard): string {
  if (state === "voicemail" || end_reason === "voicemail") return voicemail;
  if (MISSED.includes(end_reason)) return phoneMissed;
  return direction === "inbound" ? phoneIncoming : phoneOutgoing;
}

function toneOf({ state, end_reason }: CallCard): Tone {
  if (state === "active") return "good";
  if (state !== "ended") return "action";
  return MISSED.includes(end_reason) ? "bad" : "neutral";
}

function lasted({ answered_at, ended_at }: CallCard): string | null {
  if (!answered_at) return null;
  const end = ended_at ? Date.parse(ended_at) : now.value;
  return formats().duration((end - Date.parse(answered_at)) / 1000);
}

/** What happened, line by line. The card is the customer's as well; who was rung in vain is told
 * to the desk alone, when it asks. */
function Course({ card, customer }: { card: CallCard; customer: string }) {
  const whole = useMemo(() => resource(() => readCall(card.call_id)), [card.call_id]);
  const isOpen = useSignal(false);
  useEffect(() => {
    if (isOpen.value) void whole.load();
  }, [whole, isOpen.value, card.facts.length]);
  const facts = whole.state.value.value?.facts ?? card.facts;
  return (
    <details class="call-facts" onToggle={(event) => (isOpen.value = event.currentTarget.open)}>
      <summary>{t("call.course")}</summary>
      <ol>
        {facts.map((fact, index) => (
          <li key={index}>
            <time dateTime={fact.at}>{formats().time(fact.at)}</time>
            <span>{factWords(fact, customer)}</span>
          </li>
        ))}
      </ol>
    </details>
  );
}

/** A call as it stands or stood: how, who, how long, what happened, what was recorded. */
export function CallCardView({ card, customer }: { card: CallCard; customer: string }) {
  const duration = lasted(card);
  const title = card.direction === "inbound" ? t("call.inbound") : t("call.outbound");
  return (
    <div class="card call-card">
      <span class={`call-card-icon ui-tone-${toneOf(card)}`}>
        <Icon of={iconOf(card)} size={18} />
      </span>
      <div class="card-text">
        <span class="card-title">
          {title}
          {duration && <span class="call-time"> {duration}</span>}
        </span>
        <div class="row wrap">
          <Badge tone={toneOf(card)}>{stateWords(card)}</Badge>
          {card.quality && (
            <Badge tone={TONES[card.quality]}>
              {t("quality.label", { word: qualityWord(card.quality) })}
            </Badge>
          )}
        </div>
        {card.agent_names.length > 0 && (
          <span class="quiet">{t("call.spoke", { names: card.agent_names.join(", ") })}</span>
        )}
        {card.callback_phone && (
          <a href={`tel:${card.callback_phone.replace(/[^+\d]/g, "")}`}>{card.callback_phone}</a>
        )}
        {card.facts.length > 0 && <Course card={card} customer={customer} />}
        {card.recordings.map((one) => (
          <recording.View key={one.id} recording={one} />
        ))}
      </div>
    </div>
  );
}
