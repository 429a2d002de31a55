import { signal } from "@preact/signals";
import {
  orderRules,
  type Rule,
  type RuleOptions,
  readOptions,
  readRules,
  readWebhooks,
  type Webhook,
} from "../api/automation.ts";
import { perform } from "../app/act.ts";
import { follow } from "../app/live.ts";
import { resource } from "../app/resource.ts";
import { shopOf } from "../session/store.ts";
import { moved } from "./order.ts";
import { prepareAutomation } from "./texts.ts";

const shopId = () => shopOf()?.id ?? "";

export const rules = resource<readonly Rule[]>(async () => {
  const [found] = await Promise.all([readRules(shopId()), prepareAutomation()]);
  return found.items;
});

export const webhooks = resource<readonly Webhook[]>(async () => {
  const [found] = await Promise.all([readWebhooks(shopId()), prepareAutomation()]);
  return found.items;
});

/** What rules can speak of; as long as it is not here, the editor is not shown. */
export const options = signal<RuleOptions | null>(null);

export function take(rule: Rule): void {
  rules.change((known) =>
    known.some(({ id }) => id === rule.id)
      ? known.map((one) => (one.id === rule.id ? rule : one))
      : [...known, rule],
  );
}

export function takeWebhook(webhook: Webhook): void {
  webhooks.change((known) =>
    known.some(({ id }) => id === webhook.id)
      ? known.map((one) => (one.id === webhook.id ? webhook : one))
      : [...known, webhook],
  );
}

/** Loads both lists and what rules can speak of, and again when somebody changes them. */
export function openAutomation(): () => void {
  let round = 0;
  const loadAll = async () => {
    const mine = ++round;
    await Promise.all([rules.load(), webhooks.load()]);
    const found = await readOptions(shopId()).catch(() => null);
    if (found && mine === round) options.value = found;
  };
  void loadAll();
  return follow("rules", null, {
    onEvent: ({ type }) => {
      if (type === "rules.changed") void loadAll();
    },
    resync: async () => {
      await loadAll();
      return null;
    },
    joined: () => void loadAll(),
  });
}

/** Asks the rule earlier or later; the list shows it at once and goes back when it is refused. */
export async function moveRule(from: number, to: number): Promise<void> {
  const before = rules.state.peek().value;
  if (!before || from === to || to < 0 || to >= before.length) return;
  const after = moved(before, from, to);
  rules.change(() => after);
  const ids = after.map(({ id }) => id);
  const isDone = await perform(() => orderRules(shopId(), ids));
  if (!isDone) await rules.load();
}
