import type {
  DryRun,
  DryRunInput,
  RuleDefinition,
  RuleInput,
  RuleOptions,
  RuleOrder,
  RuleView,
  RunView,
  SwitchRule,
  WebhookDeliveryView,
  WebhookInput,
  WebhookMade,
  WebhookView,
} from "@stoa/protocol";
import { http } from "../app/http.ts";

export type {
  RuleCard,
  RuleDeed,
  RuleView as Rule,
  RunView as Run,
  WebhookDeliveryView as Delivery,
  WebhookMade,
  WebhookView as Webhook,
  WouldAct,
} from "@stoa/protocol";
export type { DryRun, RuleDefinition, RuleInput, RuleOptions, WebhookInput };

export type Condition = RuleDefinition["conditions"][number];
export type Action = RuleDefinition["actions"][number];
export type Trigger = RuleDefinition["trigger"];
interface Paged<Item> {
  items: Item[];
  next: string | null;
}

const RULES = "/api/desk/rules";
const WEBHOOKS = "/api/desk/webhooks";
const of = (path: string, shopId: string) => `${path}?shop_id=${shopId}`;

export const readRules = (shopId: string): Promise<{ items: RuleView[] }> =>
  http.get(RULES, { shop_id: shopId });
export const makeRule = (shopId: string, rule: RuleInput): Promise<RuleView> =>
  http.post(of(RULES, shopId), rule);
export const changeRule = (id: string, rule: RuleInput): Promise<RuleView> =>
  http.put(`${RULES}/${id}`, rule);
export const switchRule = (id: string, isOn: boolean): Promise<RuleView> =>
  http.put(`${RULES}/${id}/switch`, { is_on: isOn } satisfies SwitchRule);
export const dropRule = (id: string): Promise<void> => http.delete(`${RULES}/${id}`);
export const orderRules = (shopId: string, ids: readonly string[]): Promise<void> =>
  http.put(of(`${RULES}/order`, shopId), { rule_ids: [...ids] } satisfies RuleOrder);
export const tryRule = (shopId: string, step: DryRunInput): Promise<DryRun> =>
  http.post(of(`${RULES}/dry-run`, shopId), step);
export const readRuns = (id: string, cursor: string | null): Promise<Paged<RunView>> =>
  http.get(`${RULES}/${id}/runs`, { cursor });
export const undoRun = (id: string): Promise<void> => http.post(`/api/desk/rule-runs/${id}/undo`);

export const readWebhooks = (shopId: string): Promise<{ items: WebhookView[] }> =>
  http.get(WEBHOOKS, { shop_id: shopId });
export const makeWebhook = (shopId: string, webhook: WebhookInput): Promise<WebhookMade> =>
  http.post(of(WEBHOOKS, shopId), webhook);
export const changeWebhook = (id: string, webhook: WebhookInput): Promise<WebhookView> =>
  http.put(`${WEBHOOKS}/${id}`, webhook);
export const dropWebhook = (id: string): Promise<void> => http.delete(`${WEBHOOKS}/${id}`);
export const renewSecret = (id: string): Promise<WebhookMade> =>
  http.post(`${WEBHOOKS}/${id}/secret`);
export const testWebhook = (id: string): Promise<void> => http.post(`${WEBHOOKS}/${id}/test`);
export const readDeliveries = (
  id: string,
  cursor: string | null,
): Promise<Paged<WebhookDeliveryView>> => http.get(`${WEBHOOKS}/${id}/deliveries`, { cursor });
export const resendDelivery = (id: string): Promise<void> =>
  http.post(`/api/desk/webhook-deliveries/${id}/resend`);

export const readOptions = (shopId: string): Promise<RuleOptions> =>
  http.get(`${RULES}/options`, { shop_id: shopId });
