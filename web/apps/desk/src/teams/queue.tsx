import trash from "lucide:trash-2";
import { Checkbox, IconButton, SelectField, TextField } from "@stoa/ui";
import type { Queue } from "../api/teams.ts";
import type { Form } from "../app/form.ts";
import { t } from "../app/texts.ts";
import { staff } from "../session/store.ts";
import { skillsIn } from "../settings/skills.tsx";
import { Choices } from "./choices.tsx";
import { knownSkills } from "./choosing.ts";
import { type QueueDraft, toggled } from "./draft.ts";
import { teams, teamsState } from "./store.ts";

const RULES = [
  ["least_busy", "teams.leastBusy"],
  ["round_robin", "teams.roundRobin"],
  ["manual", "teams.manual"],
] as const;

/** Returns the other queues, each with its team's name: where a conversation could go on. */
function otherQueues(id: string | null): [string, string][] {
  return teams.value.flatMap((team) =>
    team.queues
      .filter((queue) => queue.id !== id)
      .map((queue): [string, string] => [queue.id, `${team.name} · ${queue.name}`]),
  );
}

interface Props {
  queue: QueueDraft;
  index: number;
  form: Form;
  onChange: (change: Partial<QueueDraft>) => void;
  onRemove: () => void;
}

function Overflow({ queue, index, form, onChange }: Omit<Props, "onRemove">) {
  const error = (field: string) => form.errorLike(`queues.${index}.${field}`);
  const choices = otherQueues(queue.id);
  return (
    <div class="columns">
      {choices.length > 0 && (
        <SelectField
          label={t("teams.overflow")}
          value={queue.overflowQueueId}
          options={[["", t("teams.overflowNone")] as const, ...choices]}
          onChange={(event) => onChange({ overflowQueueId: event.currentTarget.value })}
        />
      )}
      {queue.overflowQueueId && (
        <TextField
          label={t("teams.overflowAfter")}
          type="number"
          min={5}
          value={queue.overflowSeconds}
          error={error("overflow_seconds")}
          onInput={(event) => onChange({ overflowSeconds: event.currentTarget.value })}
        />
      )}
      <TextField
        label={t("teams.return")}
        hint={t("teams.returnHint")}
        type="number"
        min={5}
        value={queue.returnSeconds}
        error={error("return_seconds")}
        onInput={(event) => onChange({ returnSeconds: event.currentTarget.value })}
      />
    </div>
  );
}

/** The skills a queue needs: written, or chosen from those that people here have. */
function Skills({ queue, index, form, onChange }: Omit<Props, "onRemove">) {
  const named = skillsIn(queue.skills);
  const known = knownSkills(
    staff.value.filter(({ is_active }) => is_active),
    named,
  );
  return (
    <>
      <TextField
        label={t("teams.skills")}
        value={queue.skills}
        error={form.errorLike(`queues.${index}.skills`)}
        onInput={(event) => onChange({ skills: event.currentTarget.value })}
      />
      {known.length > named.length && (
        <Choices
          legend={t("teams.knownSkills")}
          find={t("teams.findSkills")}
          choices={known.map((skill) => ({ id: skill, label: skill }))}
          chosen={named}
          onChange={(chosen) => onChange({ skills: chosen.join(", ") })}
        />
      )}
    </>
  );
}

/** One queue of a team that is being written. */
export function QueuePart({ queue, index, form, onChange, onRemove }: Props) {
  const error = (field: string) => form.errorLike(`queues.${index}.${field}`);
  const inboxes = teamsState.value.value?.inboxes ?? [];
  const number = index + 1;
  return (
    <fieldset class="plain-fieldset queue-part stack">
      <legend class="ui-label">{t("teams.queue", { number })}</legend>
      <div class="columns">
        <TextField
          label={t("teams.queueName")}
          value={queue.name}
          maxLength={80}
          error={error("name")}
          onInput={(event) => onChange({ name: event.currentTarget.value })}
        />
        <TextField
          label={t("teams.priority")}
          hint={t("teams.priorityHint")}
          type="number"
          min={0}
          max={9}
          value={queue.priority}
          error={error("priority")}
          onInput={(event) => onChange({ priority: event.currentTarget.value })}
        />
      </div>
      <SelectField
        label={t("teams.rule")}
        value={queue.rule}
        options={RULES.map(([rule, key]) => [rule, t(key)] as const)}
        onChange={(event) => onChange({ rule: event.currentTarget.value as Queue["rule"] })}
      />
      <fieldset class="plain-fieldset stack">
        <legend class="ui-label">{t("teams.takes")}</legend>
        <Checkbox
          label={t("teams.takesCounter")}
          checked={queue.takesCounter}
          onChange={(takesCounter) => onChange({ takesCounter })}
        />
        {inboxes.map((inbox) => (
          <Checkbox
            key={inbox.id}
            label={`${inbox.name} (${inbox.address})`}
            checked={queue.inboxIds.includes(inbox.id)}
            onChange={(isIn) => onChange({ inboxIds: toggled(queue.inboxIds, inbox.id, isIn) })}
          />
        ))}
      </fieldset>
      <Checkbox
        label={t("teams.needsLanguage")}
        checked={queue.needsLanguage}
        onChange={(needsLanguage) => onChange({ needsLanguage })}
      />
      <Skills queue={queue} index={index} form={form} onChange={onChange} />
      <Overflow queue={queue} index={index} form={form} onChange={onChange} />
      <div>
        <IconButton
          icon={trash}
          tone="danger"
          label={t("teams.removeQueue", { number })}
          onClick={onRemove}
        />
      </div>
    </fieldset>
  );
}
