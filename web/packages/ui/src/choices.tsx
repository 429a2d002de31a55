import type { SelectHTMLAttributes } from "preact";
import { useId } from "preact/hooks";
import { describe, Frame, type Labelled } from "./field.tsx";

type SelectFieldProps = Labelled &
  SelectHTMLAttributes<HTMLSelectElement> & { options: readonly (readonly [string, string])[] };

export function SelectField({ label, hint, error, hideLabel, options, ...rest }: SelectFieldProps) {
  const made = useId();
  const id = String(rest.id ?? made);
  const words = { label, hint, error, hideLabel };
  return (
    <Frame id={id} {...words}>
      <select class="ui-input ui-select" {...rest} id={id} {...describe(id, words)}>
        {options.map(([value, text]) => (
          <option key={value} value={value} selected={value === rest.value}>
            {text}
          </option>
        ))}
      </select>
    </Frame>
  );
}

interface CheckboxProps {
  label: string;
  checked: boolean;
  name?: string;
  disabled?: boolean;
  onChange: (isChecked: boolean) => void;
}

export function Checkbox({ label, onChange, ...rest }: CheckboxProps) {
  return (
    <label class="ui-checkbox">
      <input
        {...rest}
        type="checkbox"
        onChange={(event) => onChange(event.currentTarget.checked)}
      />
      <span>{label}</span>
    </label>
  );
}
