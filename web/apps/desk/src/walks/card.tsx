import type { WalkCard } from "@stoa/protocol";
import { Badge, type Tone } from "@stoa/ui";
import { t } from "../app/texts.ts";

const STATES = {
  asked: { tone: "action", key: "walk.state.asked" },
  walking: { tone: "good", key: "walk.state.walking" },
  refused: { tone: "neutral", key: "walk.state.refused" },
  ended: { tone: "neutral", key: "walk.state.ended" },
} as const satisfies Record<WalkCard["state"], { tone: Tone; key: string }>;

/** "Come with me" as the timeline keeps it. */
export function WalkCardView({ card }: { card: WalkCard }) {
  const { tone, key } = STATES[card.state];
  return (
    <div class="card">
      <div class="card-text">
        <span class="quiet">{t("walk.card", { name: card.agent_name })}</span>
        <span class="card-title">{card.title}</span>
        <div class="row">
          <Badge tone={tone}>{t(key)}</Badge>
        </div>
      </div>
    </div>
  );
}
