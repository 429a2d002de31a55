import phoneIncoming from "lucide:phone-incoming";
import phoneMissed from "lucide:phone-missed";
import phoneOutgoing from "lucide:phone-outgoing";
import voicemail from "lucide:voicemail";
import { Badge, Icon, type Tone } from "@stoa/ui";
import type { CallCard, Quality } from "../api/calls.ts";
import { now } from "../app/clock.ts";
import { lazily } from "../app/lazy.tsx";
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
        {card.facts.length > 0 && (
          <details class="call-facts">
            <summary>{t("call.course")}</summary>
            <ol>
              {card.facts.map((fact) => (
                <li key={`${fact.at}${fact.fact}${fact.name}`}>
                  <time dateTime={fact.at}>{formats().time(fact.at)}</time>
                  <span>{factWords(fact, customer)}</span>
                </li>
              ))}
            </ol>
          </details>
        )}
        {card.recordings.map((one) => (
          <recording.View key={one.id} recording={one} />
        ))}
      </div>
    </div>
  );
}
