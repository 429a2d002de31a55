import { Badge, type Tone } from "@stoa/ui";
import { t } from "../app/texts.ts";
import type { Deed, Hands } from "./acting.ts";
import { deedWords, outcomeWords } from "./words.ts";

const SHOWN = 3;
const TONES: Record<Deed["state"], Tone> = { sent: "neutral", done: "good", refused: "bad" };

/** What the agent did in the customer's page last, and what became of it. */
export function DeedList({ hands }: { hands: Hands }) {
  const deeds = hands.deeds.value;
  return (
    <ol class="replica-deeds" aria-label={t("cobrowse.deeds")} aria-live="polite">
      {deeds.slice(-SHOWN).map((deed) => (
        <li key={deed.id}>
          <span class="grow">{deedWords(deed)}</span>
          <Badge tone={TONES[deed.state]}>{outcomeWords(deed)}</Badge>
        </li>
      ))}
    </ol>
  );
}
