import type { ComponentChildren, InputHTMLAttributes, TextareaHTMLAttributes } from "preact";
import { useId } from "preact/hooks";

export interface Labelled {
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

export function Frame({ id, label, hint, error, hideLabel, children }: FrameProps) {
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

export function describe(id: string, { hint, error }: Labelled) {
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
