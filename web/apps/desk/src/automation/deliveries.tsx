import refresh from "lucide:refresh-cw";
import { Badge, Button, IconButton, Skeleton, type Tone } from "@stoa/ui";
import { useEffect, useMemo } from "preact/hooks";
import { type Delivery, readDeliveries, resendDelivery } from "../api/automation.ts";
import { useAct } from "../app/act.ts";
import { Failed } from "../app/failed.tsx";
import { formats } from "../app/texts.ts";
import { paged } from "./paged.ts";
import { at, maybeAutomation } from "./texts.ts";

const TONES: Record<Delivery["state"], Tone> = {
  queued: "action",
  delivered: "good",
  dead: "bad",
  cancelled: "neutral",
};

function standing(one: Delivery): string {
  const parts = [at("delivery.attempts", { count: one.attempts })];
  if (one.problem) parts.push(maybeAutomation(`problem.${one.problem}`) ?? one.problem);
  if (one.status) parts.push(`HTTP ${one.status}`);
  if (one.state === "queued" && one.next_try_at && one.attempts) {
    parts.push(at("delivery.next", { when: formats().dateTime(one.next_try_at) }));
  }
  return parts.join(" · ");
}

function DeliveryRow({ one, reload }: { one: Delivery; reload: () => void }) {
  const act = useAct();
  return (
    <li class="block-row">
      <details class="grow rule-delivery">
        <summary>
          {maybeAutomation(`event.${one.event}`) ?? one.event}{" "}
          <span class="quiet">{formats().dateTime(one.created_at)}</span>
          <span class="quiet block">{standing(one)}</span>
        </summary>
        <pre>{one.body}</pre>
        {one.answer && (
          <>
            <p class="ui-label">{at("delivery.answer")}</p>
            <pre>{one.answer}</pre>
          </>
        )}
      </details>
      <Badge tone={TONES[one.state]}>{at(`state.${one.state}`)}</Badge>
      <Button
        small
        busy={act.isBusy}
        onClick={() => act.run(() => resendDelivery(one.id).then(reload))}
      >
        {at("delivery.resend")}
      </Button>
    </li>
  );
}

/** What was sent to a webhook or waits for it, the newest first. */
export function DeliveriesPart({ webhookId }: { webhookId: string }) {
  const list = useMemo(
    () => paged<Delivery>((cursor) => readDeliveries(webhookId, cursor)),
    [webhookId],
  );
  useEffect(() => void list.load(null), [list]);
  const { value } = list.items;
  const reload = () => void list.load(null);
  return (
    <section class="stack">
      <div class="row">
        <h3 class="grow">{at("delivery.title")}</h3>
        <IconButton icon={refresh} label={at("delivery.refresh")} onClick={reload} />
      </div>
      {list.error.value && <Failed error={list.error.value} retry={() => list.load(null)} small />}
      {!value && list.isLoading.value && <Skeleton lines={3} />}
      {value?.length === 0 && <p class="quiet">{at("delivery.none")}</p>}
      <ul class="block-list">
        {value?.map((one) => (
          <DeliveryRow key={one.id} one={one} reload={reload} />
        ))}
      </ul>
      {list.next.value && (
        <Button busy={list.isLoading.value} onClick={() => list.load(list.next.value)}>
          {at("runs.more")}
        </Button>
      )}
    </section>
  );
}
