import x from "lucide:x";
import { IconButton, SelectField } from "@stoa/ui";
import { at } from "./texts.ts";

type Option = readonly [value: string, text: string];

interface ChosenProps {
  label: string;
  error?: string | undefined;
  options: readonly Option[];
  chosen: readonly string[];
  onChange: (chosen: string[]) => void;
}

/** Several of a list: those chosen stand there with a way to remove them, a field adds more. */
export function Chosen({ label, error, options, chosen, onChange }: ChosenProps) {
  const free = options.filter(([value]) => !chosen.includes(value));
  const nameOf = (value: string) => options.find(([one]) => one === value)?.[1] ?? at("gone");
  return (
    <div class="rule-chosen">
      {chosen.map((value) => (
        <span key={value} class="rule-chip">
          {nameOf(value)}
          <IconButton
            icon={x}
            label={at("chosen.remove", { name: nameOf(value) })}
            onClick={() => onChange(chosen.filter((one) => one !== value))}
          />
        </span>
      ))}
      {(free.length > 0 || chosen.length === 0) && (
        <SelectField
          label={label}
          hideLabel
          error={error}
          value=""
          options={[["", chosen.length ? at("chosen.more") : at("chosen.choose")], ...free]}
          onChange={(event) => {
            const { value } = event.currentTarget;
            event.currentTarget.value = "";
            if (value) onChange([...chosen, value]);
          }}
        />
      )}
    </div>
  );
}
