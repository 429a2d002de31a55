import type {
  ComponentChildren,
  InputHTMLAttributes,
  SelectHTMLAttributes,
  TextareaHTMLAttributes,
} from "preact";
import { useId } from "preact/hooks";

interface Labelled {
  label: string;
  hint?: string | undefined;
  error?: string | undefined;
  /** The label is for screen readers only, where the place already says what it is. */
  hideLabel?: boolean | undefined;
}

interface FrameProps extends Labelled {
  id: string;
  children: ComponentChildren;
}

function Frame({ id, label, hint, error, hideLabel, children }: FrameProps) {
  return (
    <div class={`ui-field ${error ? "has-error" : ""}`}>
      <label for={id} class={hideLabel ? "visually-hidden" : "ui-label"}>
        {label}
      </label>
      {children}
      {hint && (
        <p id={`${id}-hint`} class="ui-hint">
          {hint}
        </p>
      )}
      {error && (
        <p id={`${id}-error`} class="ui-error">
          {error}
        </p>
      )}
    </div>
  );
}

function describe(id: string, { hint, error }: Labelled) {
  const parts = [hint && `${id}-hint`, error && `${id}-error`].filter(Boolean);
  return {
    "aria-describedby": parts.length ? parts.join(" ") : undefined,
    "aria-invalid": error ? ("true" as const) : undefined,
  };
}

type TextFieldProps = Labelled & InputHTMLAttributes<HTMLInputElement>;

export function TextField({ label, hint, error, hideLabel, ...rest }: TextFieldProps) {
  const made = useId();
  const id = String(rest.id ?? made);
  const words = { label, hint, error, hideLabel };
  return (
    <Frame id={id} {...words}>
      <input class="ui-input" {...rest} id={id} {...describe(id, words)} />
    </Frame>
  );
}

type TextAreaProps = Labelled & TextareaHTMLAttributes<HTMLTextAreaElement>;

export function TextArea({ label, hint, error, hideLabel, ...rest }: TextAreaProps) {
  const made = useId();
  const id = String(rest.id ?? made);
  const words = { label, hint, error, hideLabel };
  return (
    <Frame id={id} {...words}>
      <textarea class="ui-input" {...rest} id={id} {...describe(id, words)} />
    </Frame>
  );
}

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
