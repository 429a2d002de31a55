import type { Action, Condition, Rule, RuleDefinition, RuleInput } from "../api/automation.ts";

export interface Draft {
  readonly name: string;
  readonly definition: RuleDefinition;
}

/** A rule nobody has written anything into yet. */
export function emptyDraft(): Draft {
  return {
    name: "",
    definition: {
      trigger: { code: "customer_wrote", minutes: null, tag_ids: [] },
      match: "all",
      conditions: [],
      actions: [{ do: "note", text: "" }],
      is_last: false,
    },
  };
}

export const draftOf = ({ name, definition }: Rule): Draft => ({ name, definition });

/** Lines without those that are empty: while somebody types, there is often one at the end. */
function cleaned(condition: Condition): Condition {
  if (condition.fact !== "words" && condition.fact !== "sender") return condition;
  return { ...condition, any_of: condition.any_of.map((one) => one.trim()).filter(Boolean) };
}

function cleanedAction(action: Action): Action {
  if (action.do !== "reply") return action;
  const texts = Object.entries(action.texts).filter(([, text]) => text?.trim());
  return { ...action, texts: action.saved_reply_id ? {} : Object.fromEntries(texts) };
}

export const inputOf = ({ name, definition }: Draft): RuleInput => ({
  name: name.trim(),
  definition: {
    ...definition,
    conditions: definition.conditions.map(cleaned),
    actions: definition.actions.map(cleanedAction),
  },
});
export const isSame = (one: Draft, other: Draft): boolean =>
  JSON.stringify(inputOf(one)) === JSON.stringify(inputOf(other));

export const TRIGGERS = [
  "began",
  "customer_wrote",
  "agent_answered",
  "waits",
  "closed",
  "reopened",
  "tagged",
] as const;

export const FACTS = [
  "words",
  "channel",
  "inbox",
  "language",
  "sender",
  "verified",
  "known_customer",
  "hours",
  "assigned",
  "tag",
  "automatic",
] as const;

export const DEEDS = [
  "assign",
  "queue",
  "tag",
  "untag",
  "reply",
  "note",
  "notify",
  "webhook",
  "close",
] as const;

/** A condition of that kind before anything is chosen in it. */
export function newCondition(fact: Condition["fact"]): Condition {
  const is_not = false;
  switch (fact) {
    case "words":
      return { fact, is_not, where: "anywhere", any_of: [] };
    case "channel":
    case "inbox":
    case "sender":
    case "tag":
      return { fact, is_not, any_of: [] };
    case "language":
      return { fact, is_not, any_of: [] };
    default:
      return { fact, is_not };
  }
}

/** An action of that kind before anything is chosen in it. */
export function newAction(kind: Action["do"]): Action {
  switch (kind) {
    case "assign":
      return { do: kind, staff_id: null };
    case "queue":
      return { do: kind, queue_id: "" };
    case "tag":
    case "untag":
      return { do: kind, tag_ids: [] };
    case "reply":
      return { do: kind, saved_reply_id: null, texts: {}, every: "day" };
    case "note":
      return { do: kind, text: "" };
    case "notify":
      return { do: kind, staff_ids: [], by_mail: false };
    case "webhook":
      return { do: kind, webhook_id: "" };
    case "close":
      return { do: kind };
  }
}
