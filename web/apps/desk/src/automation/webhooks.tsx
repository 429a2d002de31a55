import back from "lucide:arrow-left";
import plus from "lucide:plus";
import webhookIcon from "lucide:webhook";
import { useSignal } from "@preact/signals";
import { Badge, Banner, Button, Empty, Icon, Skeleton } from "@stoa/ui";
import { useEffect } from "preact/hooks";
import type { Webhook, WebhookMade } from "../api/automation.ts";
import { Failed } from "../app/failed.tsx";
import { Panes } from "../app/panes.tsx";
import { go, pathOf } from "../app/router.ts";
import { formats, t } from "../app/texts.ts";
import { mayActAs } from "../session/store.ts";
import { DeliveriesPart } from "./deliveries.tsx";
import { openAutomation, webhooks } from "./store.ts";
import { at } from "./texts.ts";
import { SecretDialog, WebhookForm } from "./webhook-form.tsx";

const NEW = "new";

function stateOf(webhook: Webhook): ["good" | "warn" | "bad" | "neutral", string] {
  if (webhook.stopped_at && !webhook.is_on) return ["bad", at("webhook.stoppedShort")];
  if (!webhook.is_on) return ["neutral", at("isOff")];
  return webhook.failing_since ? ["warn", at("webhook.failingShort")] : ["good", at("isOn")];
}

function WebhookList({ list, id }: { list: readonly Webhook[]; id: string | null }) {
  return (
    <>
      <p class="page-intro">{at("webhook.intro")}</p>
      {list.length === 0 && <Empty icon={webhookIcon} title={at("webhook.empty")} />}
      <ul class="rule-list" aria-label={at("webhook.title")}>
        {list.map((webhook) => {
          const [tone, words] = stateOf(webhook);
          return (
            <li key={webhook.id} class={`rule-row ${webhook.id === id ? "is-selected" : ""}`}>
              <a
                class="grow"
                href={pathOf({ page: "webhooks", id: webhook.id })}
                aria-current={webhook.id === id ? "page" : undefined}
              >
                <strong>{webhook.name}</strong>
                <span class="quiet block">{webhook.url}</span>
              </a>
              <Badge tone={tone}>{words}</Badge>
            </li>
          );
        })}
      </ul>
    </>
  );
}

function Health({ webhook }: { webhook: Webhook }) {
  const since = webhook.failing_since && formats().dateTime(webhook.failing_since);
  if (webhook.stopped_at && !webhook.is_on)
    return <Banner tone="bad">{at("webhook.stopped", { since: since ?? "" })}</Banner>;
  return since ? <Banner tone="warn">{at("webhook.failing", { since })}</Banner> : null;
}

function Main({ list, id }: { list: readonly Webhook[]; id: string | null }) {
  const webhook = list.find((one) => one.id === id) ?? null;
  const made = useSignal<WebhookMade | null>(null);
  const isShown = webhook || id === NEW;
  return (
    <>
      {isShown ? (
        <>
          <header class="pane-head">
            <a
              class="ui-icon-button narrow-only"
              href={pathOf({ page: "webhooks", id: null })}
              aria-label={t("action.back")}
            >
              <Icon of={back} />
            </a>
            <h2 class="grow">{webhook?.name ?? at("webhook.new")}</h2>
          </header>
          <div class="pane-scroll">
            <div class="order stack">
              {webhook && <Health webhook={webhook} />}
              <WebhookForm
                key={`${id}-${webhook?.is_on}`}
                webhook={webhook}
                onSecret={(one) => {
                  made.value = one;
                }}
              />
              {webhook && <DeliveriesPart webhookId={webhook.id} />}
            </div>
          </div>
        </>
      ) : (
        <Empty icon={webhookIcon} title={at("webhook.choose")} />
      )}
      {made.value && (
        <SecretDialog
          made={made.value}
          onClose={() => {
            made.value = null;
          }}
        />
      )}
    </>
  );
}

/** Other programs that are told what happens here. */
export function WebhooksPage({ id }: { id: string | null }) {
  useEffect(openAutomation, []);
  const { value, error } = webhooks.state.value;
  return (
    <Panes
      listLabel={t("nav.webhooks")}
      hasChosen={id !== null}
      list={
        <>
          <header class="pane-head">
            <h1 class="grow">{t("nav.webhooks")}</h1>
            {value && mayActAs("administrator") && (
              <Button look="primary" icon={plus} onClick={() => go({ page: "webhooks", id: NEW })}>
                {at("webhook.new")}
              </Button>
            )}
          </header>
          <div class="pane-scroll stack">
            {error && !value && <Failed error={error} retry={webhooks.load} />}
            {!value && !error && <Skeleton lines={5} />}
            {value && <WebhookList list={value} id={id} />}
          </div>
        </>
      }
      main={value ? <Main list={value} id={id} /> : null}
    />
  );
}
