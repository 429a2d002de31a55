import plus from "lucide:plus";
import trash from "lucide:trash-2";
import { useSignal } from "@preact/signals";
import { Button, Checkbox, IconButton, SelectField, showToast, TextField } from "@stoa/ui";
import { useEffect, useMemo } from "preact/hooks";
import { type CallSettings, changeCallSettings, readCallSettings } from "../api/calls.ts";
import { Awaited } from "../app/failed.tsx";
import { type Form, useForm } from "../app/form.ts";
import { resource } from "../app/resource.ts";
import { t } from "../app/texts.ts";
import { FormProblem } from "../session/gate.tsx";
import { PromptsPart } from "./prompts.tsx";

const POLICIES = [
  ["never", "callSettings.never"],
  ["ask", "callSettings.ask"],
  ["announce", "callSettings.announce"],
] as const;
const POLICY_HINTS = {
  never: "callSettings.neverHint",
  ask: "callSettings.askHint",
  announce: "callSettings.announceHint",
} as const;

interface PartProps {
  rules: CallSettings;
  change: (more: Partial<CallSettings>) => void;
  form: Form;
}

type NumberField = "ring_seconds" | "ring_at_once" | "retention_days";

interface NumberProps extends PartProps {
  field: NumberField;
  label: string;
  least: number;
  most: number;
}

function NumberInput({ rules, change, form, field, label, least, most }: NumberProps) {
  return (
    <TextField
      label={label}
      type="number"
      min={least}
      max={most}
      value={rules[field]}
      error={form.errorLike(`calls.${field}`)}
      onInput={(event) => change({ [field]: event.currentTarget.valueAsNumber })}
    />
  );
}

function Ringing(props: PartProps) {
  const { rules, change } = props;
  return (
    <>
      <div class="columns">
        <NumberInput
          {...props}
          field="ring_seconds"
          label={t("callSettings.ringSeconds")}
          least={5}
          most={120}
        />
        <NumberInput
          {...props}
          field="ring_at_once"
          label={t("callSettings.ringAtOnce")}
          least={1}
          most={20}
        />
      </div>
      <Checkbox
        label={t("callSettings.callback")}
        checked={rules.callback}
        onChange={(callback) => change({ callback })}
      />
      <Checkbox
        label={t("callSettings.voicemail")}
        checked={rules.voicemail}
        onChange={(voicemail) => change({ voicemail })}
      />
    </>
  );
}

function Recording(props: PartProps) {
  const { rules, change } = props;
  return (
    <>
      <div class="columns">
        <SelectField
          label={t("callSettings.recording")}
          hint={t(POLICY_HINTS[rules.recording])}
          value={rules.recording}
          options={POLICIES.map(([policy, key]) => [policy, t(key)] as const)}
          onChange={(event) =>
            change({ recording: event.currentTarget.value as CallSettings["recording"] })
          }
        />
        {rules.recording !== "never" && (
          <NumberInput
            {...props}
            field="retention_days"
            label={t("callSettings.retention")}
            least={1}
            most={3650}
          />
        )}
      </div>
      <Checkbox
        label={t("callSettings.seesSupervisor")}
        checked={rules.agent_sees_supervisor}
        onChange={(agent_sees_supervisor) => change({ agent_sees_supervisor })}
      />
    </>
  );
}

function Skills({ rules, change, form }: PartProps) {
  const rows = rules.skills_by_page;
  const replace = (index: number, more: Partial<(typeof rows)[number]>) =>
    change({ skills_by_page: rows.map((row, at) => (at === index ? { ...row, ...more } : row)) });
  return (
    <fieldset class="plain-fieldset stack">
      <legend class="ui-label">{t("callSettings.skills")}</legend>
      <p class="ui-hint">{t("callSettings.skillsHint")}</p>
      {rows.map((row, index) => (
        <div class="skill-row" key={index}>
          <TextField
            label={t("callSettings.path")}
            placeholder="/en/wine"
            spellcheck={false}
            value={row.path}
            error={form.errorLike(`calls.skills_by_page.${index}.path`)}
            onInput={(event) => replace(index, { path: event.currentTarget.value })}
          />
          <TextField
            label={t("callSettings.skill")}
            value={row.skill}
            error={form.errorLike(`calls.skills_by_page.${index}.skill`)}
            onInput={(event) => replace(index, { skill: event.currentTarget.value })}
          />
          <IconButton
            icon={trash}
            label={t("callSettings.removeSkill", { path: row.path || "…" })}
            onClick={() => change({ skills_by_page: rows.filter((_, at) => at !== index) })}
          />
        </div>
      ))}
      <div>
        <Button
          small
          icon={plus}
          onClick={() => change({ skills_by_page: [...rows, { path: "/", skill: "" }] })}
        >
          {t("callSettings.addSkill")}
        </Button>
      </div>
    </fieldset>
  );
}

function CallsForm({ shopId, value }: { shopId: string; value: CallSettings }) {
  const rules = useSignal(value);
  const form = useForm(() => rules.peek());
  const part: PartProps = {
    form,
    rules: rules.value,
    change: (more) => {
      rules.value = { ...rules.value, ...more };
    },
  };
  const onSubmit = form.submit(async () => {
    const saved = await changeCallSettings(shopId, rules.value);
    form.keep(() => {
      rules.value = saved;
    });
    showToast({ text: t("action.saved"), tone: "good" });
  });
  return (
    <form class="stack" noValidate onSubmit={onSubmit}>
      <FormProblem text={form.summary()} />
      <Checkbox
        label={t("callSettings.isOn")}
        checked={rules.value.is_on}
        onChange={(is_on) => part.change({ is_on })}
      />
      {rules.value.is_on && (
        <>
          <Ringing {...part} />
          <Recording {...part} />
          <Skills {...part} />
        </>
      )}
      <div>
        <Button type="submit" busy={form.isBusy.value}>
          {t("action.save")}
        </Button>
      </div>
    </form>
  );
}

/** What administrators decide about the shop's calls, and what callers hear. */
export function CallSettingsParts({
  shopId,
  locales,
}: {
  shopId: string;
  locales: readonly string[];
}) {
  const source = useMemo(() => resource(() => readCallSettings(shopId)), [shopId]);
  useEffect(() => void source.load(), [source]);
  const { value } = source.state.value;
  return (
    <>
      <section>
        <h2>{t("nav.calls")}</h2>
        {value ? (
          <CallsForm shopId={shopId} value={value} />
        ) : (
          <Awaited of={source} lines={5} small />
        )}
      </section>
      <section>
        <h2>{t("prompts.title")}</h2>
        <PromptsPart shopId={shopId} locales={locales} />
      </section>
    </>
  );
}
