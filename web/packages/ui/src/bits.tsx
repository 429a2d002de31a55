import type { ComponentChildren } from "preact";
import { Icon } from "./icon.tsx";

export type Tone = "neutral" | "action" | "accent" | "good" | "warn" | "bad";

export function Spinner({ label }: { label?: string }) {
  const naming = label ? { role: "status" as const, "aria-label": label } : { "aria-hidden": true };
  return <span {...naming} class="ui-spinner" />;
}

/** Grey bars where text will be; the container around it says what is loading. */
export function Skeleton({ lines = 3 }: { lines?: number }) {
  const widths = ["70%", "95%", "82%", "60%", "88%"];
  return (
    <div class="ui-skeleton" aria-hidden="true">
      {Array.from({ length: lines }, (_, index) => (
        <span key={index} style={{ width: widths[index % widths.length] }} />
      ))}
    </div>
  );
}

interface BadgeProps {
  tone?: Tone;
  icon?: string | undefined;
  children: ComponentChildren;
}

export function Badge({ tone = "neutral", icon, children }: BadgeProps) {
  return (
    <span class={`ui-badge ui-tone-${tone}`}>
      {icon && <Icon of={icon} size={13} />}
      {children}
    </span>
  );
}

export function Kbd({ children }: { children: ComponentChildren }) {
  return <kbd class="ui-kbd">{children}</kbd>;
}

interface EmptyProps {
  icon: string;
  title: string;
  /** What to do next. */
  children?: ComponentChildren;
}

export function Empty({ icon, title, children }: EmptyProps) {
  return (
    <div class="ui-empty">
      <Icon of={icon} size={28} />
      <p class="ui-empty-title">{title}</p>
      {children && <div class="ui-empty-next">{children}</div>}
    </div>
  );
}

interface BannerProps {
  tone?: Tone;
  icon?: string | undefined;
  children: ComponentChildren;
  /** A button that mends it. */
  action?: ComponentChildren;
}

/** One line above the content, spoken politely when it appears. */
export function Banner({ tone = "warn", icon, children, action }: BannerProps) {
  return (
    <div class={`ui-banner ui-tone-${tone}`} role={tone === "bad" ? "alert" : "status"}>
      {icon && <Icon of={icon} size={16} />}
      <span class="ui-banner-text">{children}</span>
      {action}
    </div>
  );
}
