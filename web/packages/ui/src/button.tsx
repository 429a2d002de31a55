import type { ButtonHTMLAttributes, ComponentChildren } from "preact";
import { Spinner } from "./bits.tsx";
import { Icon } from "./icon.tsx";

type Look = "primary" | "plain" | "quiet" | "danger";

interface ButtonProps extends ButtonHTMLAttributes<HTMLButtonElement> {
  look?: Look;
  icon?: string | undefined;
  /** While true the button says so and takes no click, but keeps the focus. */
  busy?: boolean | undefined;
  small?: boolean | undefined;
  children?: ComponentChildren;
}

export function Button({ look = "plain", icon, busy, small, children, ...rest }: ButtonProps) {
  return (
    <button
      type="button"
      {...rest}
      class={`ui-button ui-button-${look} ${small ? "ui-button-small" : ""} ${rest.class ?? ""}`}
      aria-busy={busy ? "true" : undefined}
      onClick={busy ? (event) => event.preventDefault() : rest.onClick}
    >
      {busy ? <Spinner /> : icon && <Icon of={icon} size={small ? 15 : 17} />}
      {children}
    </button>
  );
}

interface IconButtonProps extends ButtonHTMLAttributes<HTMLButtonElement> {
  icon: string;
  /** The control's name: read by screen readers and shown as a tooltip. */
  label: string;
  shortcut?: string | undefined;
  tone?: "danger" | undefined;
}

export function IconButton({ icon, label, shortcut, tone, ...rest }: IconButtonProps) {
  return (
    <button
      type="button"
      {...rest}
      class={`ui-icon-button ${tone ? `ui-icon-button-${tone}` : ""} ${rest.class ?? ""}`}
      aria-label={label}
      aria-keyshortcuts={shortcut}
      title={shortcut ? `${label} (${shortcut})` : label}
    >
      <Icon of={icon} />
    </button>
  );
}
