import { signal } from "@preact/signals";
import { Button } from "@stoa/ui";
import { useEffect } from "preact/hooks";
import { type RuleCard, undoRun } from "../api/automation.ts";
import { useAct } from "../app/act.ts";
import { pathOf } from "../app/router.ts";
import { mayActAs } from "../session/store.ts";
import { Deeds } from "./deeds.tsx";
import { at, prepareAutomation } from "./texts.ts";

const isReady = signal(false);

/** What a rule did here, with a way back where there is one. */
export function RuleCardView({ card }: { card: RuleCard }) {
  const act = useAct();
  useEffect(() => void prepareAutomation().then(() => (isReady.value = true)), []);
  if (!isReady.value) return <p>{card.rule_name}</p>;
  const title = at("card.title", { name: card.rule_name });
  return (
    <div class="rule-card">
      {mayActAs("supervisor") ? (
        <a href={pathOf({ page: "rules", id: card.rule_id })}>{title}</a>
      ) : (
        <strong>{title}</strong>
      )}
      <Deeds deeds={card.deeds} />
      {card.is_undone && <p class="quiet">{at("undone")}</p>}
      {card.can_undo && (
        <Button small busy={act.isBusy} onClick={() => act.run(() => undoRun(card.run_id))}>
          {at("undo")}
        </Button>
      )}
    </div>
  );
}
