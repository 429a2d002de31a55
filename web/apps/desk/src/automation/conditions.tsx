import trash from "lucide:trash-2";
import { LANGUAGE_NAMES, TAGS } from "@stoa/i18n";
import { IconButton, SelectField, TextArea } from "@stoa/ui";
import type { Condition } from "../api/automation.ts";
import { maybeText } from "../app/texts.ts";
import { Chosen } from "./choosing.tsx";
import { FACTS, newCondition } from "./draft.ts";
import { options } from "./store.ts";
import { at } from "./texts.ts";

interface Props {
  condition: Condition;
  number: number;
  errorOf: (field: string) => string | undefined;
  onChange: (condition: Condition) => void;
  onRemove: () => void;
}

/** Whether a fact is one of some: it `is one of`, and otherwise it `is so`. */
function polarities(condition: Condition): (readonly [string, string])[] {
  if (condition.fact === "words")
    return [
      ["", at("words.are")],
      ["not", at("words.areNot")],
    ];
  if ("any_of" in condition)
    return [
      ["", at("is.oneOf")],
      ["not", at("is.noneOf")],
    ];
  return [
    ["", at("is.so")],
    ["not", at("is.notSo")],
  ];
}

export const channelName = (code: string): string => maybeText(`channel.${code}`) ?? code;

function Values({ condition, number, errorOf, onChange }: Props) {
  const error = errorOf(`definition.conditions.${number}`);
  const label = at(`fact.${condition.fact}`);
  const known = options.value;
  const pairs = (list: readonly { id: string; name: string }[]) =>
    list.map(({ id, name }) => [id, name] as const);
  switch (condition.fact) {
    case "words":
    case "sender":
      return (
        <TextArea
          label={label}
          hideLabel
          hint={at(`${condition.fact}.hint`)}
          error={error}
          rows={Math.min(6, Math.max(2, condition.any_of.length))}
          value={condition.any_of.join("\n")}
          onInput={(event) =>
            onChange({ ...condition, any_of: event.currentTarget.value.split("\n") })
          }
        />
      );
    case "channel":
      return (
        <Chosen
          label={label}
          error={error}
          options={(known?.channels ?? []).map((code) => [code, channelName(code)] as const)}
          chosen={condition.any_of}
          onChange={(any_of) => onChange({ ...condition, any_of })}
        />
      );
    case "language":
      return (
        <Chosen
          label={label}
          error={error}
          options={TAGS.map((tag) => [tag, LANGUAGE_NAMES[tag]] as const)}
          chosen={condition.any_of}
          onChange={(chosen) =>
            onChange({ ...condition, any_of: TAGS.filter((tag) => chosen.includes(tag)) })
          }
        />
      );
    case "inbox":
    case "tag":
      return (
        <Chosen
          label={label}
          error={error}
          options={pairs((condition.fact === "tag" ? known?.tags : known?.inboxes) ?? [])}
          chosen={condition.any_of}
          onChange={(any_of) => onChange({ ...condition, any_of })}
        />
      );
    default:
      return null;
  }
}

/** One condition as a piece of the sentence: what, whether, and which. */
export function ConditionRow(props: Props) {
  const { condition, number, onChange, onRemove } = props;
  return (
    <li class="rule-part">
      <div class="rule-words">
        <SelectField
          label={at("condition.what", { number: number + 1 })}
          hideLabel
          value={condition.fact}
          options={FACTS.map((fact) => [fact, at(`fact.${fact}`)] as const)}
          onChange={(event) =>
            onChange(newCondition(event.currentTarget.value as Condition["fact"]))
          }
        />
        {condition.fact === "words" && (
          <SelectField
            label={at("words.whereLabel")}
            hideLabel
            value={condition.where}
            options={(["anywhere", "subject", "text"] as const).map(
              (where) => [where, at(`words.${where}`)] as const,
            )}
            onChange={(event) =>
              onChange({
                ...condition,
                where: event.currentTarget.value as typeof condition.where,
              })
            }
          />
        )}
        <SelectField
          label={at("condition.whether", { number: number + 1 })}
          hideLabel
          value={condition.is_not ? "not" : ""}
          options={polarities(condition)}
          onChange={(event) =>
            onChange({ ...condition, is_not: event.currentTarget.value === "not" })
          }
        />
        <Values {...props} />
      </div>
      <IconButton
        icon={trash}
        label={at("condition.remove", { number: number + 1 })}
        onClick={onRemove}
      />
    </li>
  );
}
