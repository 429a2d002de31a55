import plus from "lucide:plus";
import { useComputed, useSignal } from "@preact/signals";
import { Badge, Banner, Button, Checkbox, SelectField, showToast, TextField } from "@stoa/ui";
import type { Action, Condition, Rule, RuleDefinition, Trigger } from "../api/automation.ts";
import { changeRule, dropRule, makeRule, switchRule } from "../api/automation.ts";
import { perform, useAct } from "../app/act.ts";
import { useForm } from "../app/form.ts";
import { go } from "../app/router.ts";
import { t } from "../app/texts.ts";
import { FormProblem } from "../session/gate.tsx";
import { shopOf } from "../session/store.ts";
import { ActionRow } from "./actions.tsx";
import { Chosen } from "./choosing.tsx";
import { ConditionRow } from "./conditions.tsx";
import {
  draftOf,
  emptyDraft,
  inputOf,
  isSame,
  newAction,
  newCondition,
  TRIGGERS,
} from "./draft.ts";
import { DryRunPart } from "./dry-run.tsx";
import { RunsPart } from "./runs.tsx";
import { options, rules, take } from "./store.ts";
import { at } from "./texts.ts";

interface PartProps {
  definition: RuleDefinition;
  errorOf: (field: string) => string | undefined;
  change: (more: Partial<RuleDefinition>) => void;
}

function replaced<Item>(list: readonly Item[], index: number, item: Item): Item[] {
  return list.map((one, at) => (at === index ? item : one));
}
function without<Item>(list: readonly Item[], index: number): Item[] {
  return list.filter((_, at) => at !== index);
}

function WhenPart({ definition, errorOf, change }: PartProps) {
  const { trigger } = definition;
  const set = (more: Partial<Trigger>) => change({ trigger: { ...trigger, ...more } });
  return (
    <fieldset class="rule-clause">
      <legend>{at("when")}</legend>
      <div class="rule-words">
        <SelectField
          label={at("when")}
          hideLabel
          value={trigger.code}
          options={TRIGGERS.map((code) => [code, at(`trigger.${code}`)] as const)}
          onChange={(event) => {
            const code = event.currentTarget.value as Trigger["code"];
            set({ code, minutes: code === "waits" ? 15 : null, tag_ids: [] });
          }}
        />
        {trigger.code === "waits" && (
          <TextField
            label={at("minutes")}
            type="number"
            min={1}
            max={10_080}
            value={trigger.minutes ?? ""}
            error={errorOf("definition.trigger.minutes")}
            onInput={(event) => set({ minutes: Number(event.currentTarget.value) || null })}
          />
        )}
        {trigger.code === "tagged" && (
          <Chosen
            label={at("tagged.any")}
            options={(options.value?.tags ?? []).map(({ id, name }) => [id, name] as const)}
            chosen={trigger.tag_ids}
            onChange={(tag_ids) => set({ tag_ids })}
          />
        )}
      </div>
    </fieldset>
  );
}

function IfPart({ definition, errorOf, change }: PartProps) {
  const { conditions } = definition;
  return (
    <fieldset class="rule-clause">
      <legend>{at("if")}</legend>
      {conditions.length === 0 && <p class="quiet">{at("if.none")}</p>}
      {conditions.length > 1 && (
        <SelectField
          label={at("if")}
          hideLabel
          value={definition.match}
          options={[
            ["all", at("match.all")],
            ["any", at("match.any")],
          ]}
          onChange={(event) =>
            change({ match: event.currentTarget.value as RuleDefinition["match"] })
          }
        />
      )}
      <ul class="rule-parts">
        {conditions.map((condition, number) => (
          <ConditionRow
            key={`${number}-${condition.fact}`}
            condition={condition}
            number={number}
            errorOf={errorOf}
            onChange={(one: Condition) => change({ conditions: replaced(conditions, number, one) })}
            onRemove={() => change({ conditions: without(conditions, number) })}
          />
        ))}
      </ul>
      <div>
        <Button
          small
          icon={plus}
          onClick={() => change({ conditions: [...conditions, newCondition("words")] })}
        >
          {at("condition.add")}
        </Button>
      </div>
    </fieldset>
  );
}

function ThenPart({ definition, errorOf, change }: PartProps) {
  const { actions } = definition;
  return (
    <fieldset class="rule-clause">
      <legend>{at("then")}</legend>
      <ul class="rule-parts">
        {actions.map((action, number) => (
          <ActionRow
            key={`${number}-${action.do}`}
            action={action}
            number={number}
            errorOf={errorOf}
            onChange={(one: Action) => change({ actions: replaced(actions, number, one) })}
            onRemove={() => change({ actions: without(actions, number) })}
          />
        ))}
      </ul>
      <div>
        <Button
          small
          icon={plus}
          onClick={() => change({ actions: [...actions, newAction("note")] })}
        >
          {at("action.add")}
        </Button>
      </div>
      <Checkbox
        label={at("isLast")}
        checked={definition.is_last}
        onChange={(is_last) => change({ is_last })}
      />
    </fieldset>
  );
}

async function remove(rule: Rule): Promise<void> {
  await perform(
    async () => {
      await dropRule(rule.id);
      rules.change((known) => known.filter(({ id }) => id !== rule.id));
      go({ page: "rules", id: null });
    },
    {
      text: at("deleted", { name: rule.name }),
      run: async () => take(await makeRule(rule.shop_id, inputOf(draftOf(rule)))),
    },
  );
}

function Switch({ rule, isChanged }: { rule: Rule; isChanged: boolean }) {
  const act = useAct();
  return (
    <div class="row">
      <Badge tone={rule.is_on ? "good" : "neutral"}>{at(rule.is_on ? "isOn" : "isOff")}</Badge>
      <Button
        busy={act.isBusy}
        disabled={isChanged && !rule.is_on}
        onClick={() => act.run(async () => take(await switchRule(rule.id, !rule.is_on)))}
      >
        {at(rule.is_on ? "switchOff" : "switchOn")}
      </Button>
      <Button look="danger" onClick={() => void remove(rule)}>
        {at("delete")}
      </Button>
    </div>
  );
}

/** One rule as a sentence: when this happens, if it is so, then that is done. */
export function RuleEditor({ rule }: { rule: Rule | null }) {
  const kept = rule ? draftOf(rule) : emptyDraft();
  const draft = useSignal(kept);
  const form = useForm(() => draft.peek());
  const isChanged = useComputed(() => !isSame(draft.value, kept)).value;
  const change = (more: Partial<RuleDefinition>) => {
    const { name, definition } = draft.peek();
    draft.value = { name, definition: { ...definition, ...more } };
  };
  const onSubmit = form.submit(async () => {
    const input = inputOf(draft.peek());
    const saved = rule
      ? await changeRule(rule.id, { ...input, version: rule.version })
      : await makeRule(shopOf()?.id ?? "", input);
    form.keep(() => {
      draft.value = draftOf(saved);
    });
    take(saved);
    showToast({ text: t("action.saved"), tone: "good" });
    if (!rule) go({ page: "rules", id: saved.id });
  });
  const { definition } = draft.value;
  const part = { definition, errorOf: form.errorLike, change };
  return (
    <div class="order stack">
      <form class="stack" onSubmit={onSubmit} noValidate>
        <FormProblem text={form.problem.value && (form.summary() ?? at("problem"))} />
        <TextField
          label={at("name")}
          value={draft.value.name}
          maxLength={120}
          error={form.errorOf("name")}
          onInput={(event) => {
            draft.value = { ...draft.peek(), name: event.currentTarget.value };
          }}
        />
        <WhenPart {...part} />
        <IfPart {...part} />
        <ThenPart {...part} />
        <div class="row">
          <Button look="primary" type="submit" busy={form.isBusy.value}>
            {t("action.save")}
          </Button>
          {isChanged && (
            <>
              <Button look="quiet" onClick={() => (draft.value = kept)}>
                {at("discard")}
              </Button>
              <span class="quiet">{at("unsaved")}</span>
            </>
          )}
        </div>
      </form>
      <DryRunPart
        draft={draft.value}
        isChanged={draft.value.definition}
        onRefused={(error) => (form.problem.value = error)}
      />
      {rule && !rule.is_on && isChanged && <Banner tone="neutral">{at("saveFirst")}</Banner>}
      {rule && <Switch rule={rule} isChanged={isChanged} />}
      {rule && <RunsPart ruleId={rule.id} version={rule.last_run_at} />}
    </div>
  );
}
