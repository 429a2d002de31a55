import trash from "lucide:trash-2";
import { useSignal } from "@preact/signals";
import { TAGS, type Tag } from "@stoa/i18n";
import { Checkbox, IconButton, SelectField, TextArea } from "@stoa/ui";
import type { Action } from "../api/automation.ts";
import { LanguageTabs } from "../app/language-tabs.tsx";
import { language, t } from "../app/texts.ts";
import { staff, start } from "../session/store.ts";
import { Chosen } from "./choosing.tsx";
import { DEEDS, newAction } from "./draft.ts";
import { options } from "./store.ts";
import { at } from "./texts.ts";

interface Props {
  action: Action;
  number: number;
  errorOf: (field: string) => string | undefined;
  onChange: (action: Action) => void;
  onRemove: () => void;
}

type Of<Kind extends Action["do"]> = Omit<Props, "action" | "onRemove"> & {
  action: Extract<Action, { do: Kind }>;
};

const people = () =>
  staff.value.filter(({ is_active }) => is_active).map(({ id, name }) => [id, name] as const);
const named = (list: readonly { id: string; name: string }[] | undefined) =>
  (list ?? []).map(({ id, name }) => [id, name] as const);

function OneOf(props: {
  label: string;
  value: string;
  error: string | undefined;
  options: readonly (readonly [string, string])[];
  onChange: (value: string) => void;
}) {
  const { onChange, ...rest } = props;
  return (
    <SelectField {...rest} hideLabel onChange={(event) => onChange(event.currentTarget.value)} />
  );
}

function ReplyParts({ action, errorOf, number, onChange }: Of<"reply">) {
  const tag = useSignal<Tag>(language.peek());
  const field = `definition.actions.${number}`;
  const saved = start.value?.saved_replies ?? [];
  return (
    <div class="rule-block">
      <SelectField
        label={at("reply.with")}
        value={action.saved_reply_id ?? ""}
        error={errorOf(`${field}.saved_reply_id`)}
        options={[["", at("reply.own")], ...saved.map(({ id, title }) => [id, title] as const)]}
        onChange={(event) =>
          onChange({ ...action, saved_reply_id: event.currentTarget.value || null })
        }
      />
      {!action.saved_reply_id && (
        <>
          <LanguageTabs
            tags={TAGS}
            chosen={tag.value}
            choose={(one) => (tag.value = one)}
            hasText={(one) => Boolean(action.texts[one]?.trim())}
          />
          <TextArea
            label={at("reply.text")}
            hint={t("replies.bodyHint", { list: "{{customer}}, {{shop}}, {{page}}" })}
            lang={tag.value}
            rows={4}
            maxLength={5000}
            error={errorOf(`${field}.texts`)}
            value={action.texts[tag.value] ?? ""}
            onInput={(event) =>
              onChange({
                ...action,
                texts: { ...action.texts, [tag.value]: event.currentTarget.value },
              })
            }
          />
        </>
      )}
      <SelectField
        label={at("reply.every")}
        hint={at("reply.hint")}
        value={action.every}
        options={(["always", "day", "conversation"] as const).map(
          (every) => [every, at(`every.${every}`)] as const,
        )}
        onChange={(event) =>
          onChange({ ...action, every: event.currentTarget.value as typeof action.every })
        }
      />
    </div>
  );
}

function Details(props: Props) {
  const { action, number, errorOf, onChange } = props;
  const error = errorOf(`definition.actions.${number}`);
  const label = at(`do.${action.do}`);
  const known = options.value;
  switch (action.do) {
    case "assign":
      return (
        <OneOf
          label={label}
          error={error}
          value={action.staff_id ?? ""}
          options={[["", at("assign.nobody")], ...people()]}
          onChange={(id) => onChange({ ...action, staff_id: id || null })}
        />
      );
    case "queue":
      return (
        <OneOf
          label={label}
          error={error}
          value={action.queue_id}
          options={[["", at("chosen.choose")], ...named(known?.queues)]}
          onChange={(queue_id) => onChange({ ...action, queue_id })}
        />
      );
    case "webhook":
      return (
        <OneOf
          label={label}
          error={error}
          value={action.webhook_id}
          options={[["", at("chosen.choose")], ...named(known?.webhooks)]}
          onChange={(webhook_id) => onChange({ ...action, webhook_id })}
        />
      );
    case "tag":
    case "untag":
      return (
        <Chosen
          label={label}
          error={error}
          options={named(known?.tags)}
          chosen={action.tag_ids}
          onChange={(tag_ids) => onChange({ ...action, tag_ids })}
        />
      );
    case "notify":
      return (
        <div class="rule-block">
          <Chosen
            label={label}
            error={error}
            options={people()}
            chosen={action.staff_ids}
            onChange={(staff_ids) => onChange({ ...action, staff_ids })}
          />
          <Checkbox
            label={at("notify.byMail")}
            checked={action.by_mail}
            onChange={(by_mail) => onChange({ ...action, by_mail })}
          />
        </div>
      );
    case "note":
      return (
        <TextArea
          label={label}
          hideLabel
          error={error}
          rows={2}
          maxLength={5000}
          value={action.text}
          onInput={(event) => onChange({ ...action, text: event.currentTarget.value })}
        />
      );
    case "reply":
      return <ReplyParts {...props} action={action} />;
    case "close":
      return null;
  }
}

/** One action as a piece of the sentence: what is done, and with whom or what. */
export function ActionRow(props: Props) {
  const { action, number, onChange, onRemove } = props;
  return (
    <li class="rule-part">
      <div class="rule-words">
        <SelectField
          label={at("action.what", { number: number + 1 })}
          hideLabel
          value={action.do}
          options={DEEDS.map((kind) => [kind, at(`do.${kind}`)] as const)}
          onChange={(event) => onChange(newAction(event.currentTarget.value as Action["do"]))}
        />
        <Details {...props} />
      </div>
      <IconButton
        icon={trash}
        label={at("action.remove", { number: number + 1 })}
        onClick={onRemove}
      />
    </li>
  );
}
