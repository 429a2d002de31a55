import { useSignal } from "@preact/signals";
import { Button, Checkbox, Dialog, showToast, TextField } from "@stoa/ui";
import {
  changeWebhook,
  dropWebhook,
  makeWebhook,
  renewSecret,
  testWebhook,
  type Webhook,
  type WebhookInput,
  type WebhookMade,
} from "../api/automation.ts";
import { perform, useAct } from "../app/act.ts";
import { useForm } from "../app/form.ts";
import { go } from "../app/router.ts";
import { t } from "../app/texts.ts";
import { FormProblem } from "../session/gate.tsx";
import { shopOf } from "../session/store.ts";
import { takeWebhook, webhooks } from "./store.ts";
import { at } from "./texts.ts";

const EVENTS = [
  "conversation.began",
  "message.received",
  "message.answered",
  "conversation.closed",
  "conversation.reopened",
] as const;

/** The secret, shown this once. */
export function SecretDialog({ made, onClose }: { made: WebhookMade; onClose: () => void }) {
  const copy = async () => {
    await navigator.clipboard.writeText(made.secret);
    showToast({ text: at("secret.copied"), tone: "good" });
  };
  return (
    <Dialog title={at("secret.title")} closeLabel={t("action.close")} onClose={onClose} wide>
      <div class="stack">
        <p>{at("secret.text")}</p>
        <div class="secret">
          <div class="grow">
            <TextField
              label={at("secret.title")}
              hideLabel
              readOnly
              value={made.secret}
              onFocus={(event) => event.currentTarget.select()}
            />
          </div>
          <Button look="primary" onClick={() => perform(copy)}>
            {at("secret.copy")}
          </Button>
        </div>
      </div>
    </Dialog>
  );
}

function Acts({ webhook, onSecret }: { webhook: Webhook; onSecret: (made: WebhookMade) => void }) {
  const act = useAct();
  const remove = async () => {
    await dropWebhook(webhook.id);
    webhooks.change((known) => known.filter(({ id }) => id !== webhook.id));
    go({ page: "webhooks", id: null });
    showToast({ text: at("webhook.deleted", { name: webhook.name }), tone: "good" });
  };
  const test = async () => {
    await testWebhook(webhook.id);
    showToast({ text: at("webhook.tested"), tone: "good" });
  };
  const isAsked = useSignal(false);
  return (
    <div class="row">
      <Button busy={act.isBusy} disabled={!webhook.is_on} onClick={() => act.run(test)}>
        {at("webhook.test")}
      </Button>
      <Button onClick={() => act.run(async () => onSecret(await renewSecret(webhook.id)))}>
        {at("webhook.renew")}
      </Button>
      <Button
        look="danger"
        onClick={() => {
          isAsked.value = true;
        }}
      >
        {at("webhook.delete")}
      </Button>
      {isAsked.value && (
        <Dialog
          title={at("webhook.delete")}
          closeLabel={t("action.close")}
          onClose={() => {
            isAsked.value = false;
          }}
        >
          <div class="stack">
            <p>{at("webhook.deleteText", { name: webhook.name })}</p>
            <Button look="danger" busy={act.isBusy} onClick={() => act.run(remove)}>
              {at("webhook.delete")}
            </Button>
          </div>
        </Dialog>
      )}
    </div>
  );
}

/** Where a webhook leads, and what it is told. */
export function WebhookForm({
  webhook,
  onSecret,
}: {
  webhook: Webhook | null;
  onSecret: (made: WebhookMade) => void;
}) {
  const draft = useSignal<Required<WebhookInput>>(
    webhook
      ? { name: webhook.name, url: webhook.url, events: webhook.events, is_on: webhook.is_on }
      : { name: "", url: "", events: [...EVENTS], is_on: true },
  );
  const form = useForm(() => draft.peek());
  const change = (more: Partial<Required<WebhookInput>>) => {
    draft.value = { ...draft.peek(), ...more };
  };
  const onSubmit = form.submit(async () => {
    const input = { ...draft.peek(), name: draft.peek().name.trim(), url: draft.peek().url.trim() };
    if (webhook) {
      takeWebhook(await changeWebhook(webhook.id, input));
    } else {
      const made = await makeWebhook(shopOf()?.id ?? "", input);
      form.keep();
      takeWebhook(made.webhook);
      onSecret(made);
      go({ page: "webhooks", id: made.webhook.id });
    }
    showToast({ text: t("action.saved"), tone: "good" });
  });
  const { name, url, events, is_on } = draft.value;
  return (
    <>
      <form class="stack" onSubmit={onSubmit} noValidate>
        <FormProblem text={form.problem.value && form.summary()} />
        <TextField
          label={at("name")}
          value={name}
          maxLength={120}
          error={form.errorOf("name")}
          onInput={(event) => change({ name: event.currentTarget.value })}
        />
        <TextField
          label={at("webhook.url")}
          hint={at("webhook.urlHint")}
          type="url"
          value={url}
          spellcheck={false}
          error={form.errorOf("url")}
          onInput={(event) => change({ url: event.currentTarget.value })}
        />
        <fieldset class="plain-fieldset stack">
          <legend class="ui-label">{at("webhook.events")}</legend>
          {EVENTS.map((event) => (
            <Checkbox
              key={event}
              label={at(`event.${event}`)}
              checked={events.includes(event)}
              onChange={(isChosen) =>
                change({
                  events: EVENTS.filter((one) => (one === event ? isChosen : events.includes(one))),
                })
              }
            />
          ))}
          <p class="ui-hint">{at("webhook.eventsHint")}</p>
        </fieldset>
        <Checkbox
          label={at("webhook.isOn")}
          checked={is_on}
          onChange={(isOn) => change({ is_on: isOn })}
        />
        <div>
          <Button look="primary" type="submit" busy={form.isBusy.value}>
            {t("action.save")}
          </Button>
        </div>
      </form>
      {webhook && <Acts webhook={webhook} onSecret={onSecret} />}
    </>
  );
}
