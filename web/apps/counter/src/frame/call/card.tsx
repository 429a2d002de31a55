import phone from "lucide:phone";
import recorder from "lucide:voicemail";
import type { CallCard } from "@stoa/protocol";
import { Icon } from "@stoa/ui";
import { formats, region } from "../texts.ts";
import { ct } from "./texts.ts";

function title(card: CallCard): string {
  const names = new Intl.ListFormat(region.value, { type: "conjunction" }).format(
    card.agent_names ?? [],
  );
  if (card.state === "ended") {
    if (card.answered_at) return names ? ct("card.with", { names }) : ct("card.call");
    return ct(`card.${card.end_reason === "voicemail" ? "voicemail" : "missed"}`);
  }
  if (card.state === "callback") return ct("callback.title");
  return card.state === "active" && names ? ct("card.with", { names }) : ct("card.on");
}

function length(card: CallCard): string {
  const message = card.recordings?.find((one) => one.kind === "voicemail");
  if (message) return formats.value.duration(message.duration_ms / 1_000);
  if (!card.answered_at || !card.ended_at) return "";
  const seconds = (Date.parse(card.ended_at) - Date.parse(card.answered_at)) / 1_000;
  return formats.value.duration(seconds);
}

/** A call in the conversation: with whom, and how long. */
export function CallCardView({ card }: { card: CallCard }) {
  const isMessage = card.end_reason === "voicemail";
  return (
    <div class="card call-card">
      <Icon of={isMessage ? recorder : phone} size={18} />
      <span>
        <strong>{title(card)}</strong>
        <span class="quiet"> {length(card)}</span>
      </span>
    </div>
  );
}
