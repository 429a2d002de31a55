import { useSignal } from "@preact/signals";
import type { CobrowseCard } from "@stoa/protocol";
import { Badge, Button, type Tone } from "@stoa/ui";
import { lazily } from "../app/lazy.tsx";
import { formats, t } from "../app/texts.ts";
import { endReasonWords } from "./ends.ts";

const log = lazily(async () => (await import("./log.tsx")).ActionLog);

const STATES = {
  asked: { tone: "action", key: "cobrowse.state.asked" },
  active: { tone: "good", key: "cobrowse.state.active" },
  ended: { tone: "neutral", key: "cobrowse.state.ended" },
} as const satisfies Record<CobrowseCard["state"], { tone: Tone; key: string }>;

function lasted({ asked_at, ended_at }: CobrowseCard): string {
  if (!ended_at) return "";
  return formats().duration((Date.parse(ended_at) - Date.parse(asked_at)) / 1000);
}

/** Co-browsing as the timeline keeps it: how it ended, and what the agent did in the page. */
export function CobrowseCardView({ card }: { card: CobrowseCard }) {
  const isOpen = useSignal(false);
  const { tone, key } = STATES[card.state];
  const hasActed = card.action_count > 0;
  return (
    <div class="card">
      <div class="card-text">
        <span class="quiet">{t("cobrowse.card", { name: card.agent_name })}</span>
        <div class="row wrap">
          <Badge tone={tone}>{t(key)}</Badge>
          {card.control === "given" && <Badge tone="accent">{t("cobrowse.state.control")}</Badge>}
        </div>
        {card.state === "ended" && (
          <span>
            {endReasonWords(card.end_reason ?? null)} <span class="quiet">{lasted(card)}</span>
          </span>
        )}
        {hasActed && (
          <Button
            small
            look="quiet"
            aria-expanded={isOpen.value}
            onClick={() => (isOpen.value = !isOpen.value)}
          >
            {t("cobrowse.actions", { count: card.action_count })}
          </Button>
        )}
        {hasActed && isOpen.value && (
          <log.View key={card.action_count} sessionId={card.session_id} />
        )}
      </div>
    </div>
  );
}
