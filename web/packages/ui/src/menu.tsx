import type { ComponentChildren } from "preact";
import { useId, useRef } from "preact/hooks";
import { Icon } from "./icon.tsx";

export interface MenuItem {
  readonly label: string;
  readonly icon?: string;
  readonly tone?: "danger";
  readonly isDisabled?: boolean;
  readonly run: () => void;
}

interface MenuProps {
  label: string;
  /** What the opening button shows. */
  children: ComponentChildren;
  items: readonly MenuItem[];
  class?: string;
}

const MARGIN = 8;

function place(popup: HTMLElement, button: HTMLElement) {
  const anchor = button.getBoundingClientRect();
  const { offsetWidth: width, offsetHeight: height } = popup;
  const below = anchor.bottom + 4 + height < innerHeight;
  const left = Math.min(Math.max(MARGIN, anchor.right - width), innerWidth - width - MARGIN);
  popup.style.left = `${left}px`;
  popup.style.top = `${below ? anchor.bottom + 4 : Math.max(MARGIN, anchor.top - height - 4)}px`;
}

function moveFocus(popup: HTMLElement, event: KeyboardEvent) {
  const entries = [...popup.querySelectorAll<HTMLElement>("[role=menuitem]:not(:disabled)")];
  const now = entries.indexOf(document.activeElement as HTMLElement);
  const steps: Record<string, number> = {
    ArrowDown: (now + 1) % entries.length,
    ArrowUp: (now - 1 + entries.length) % entries.length,
    Home: 0,
    End: entries.length - 1,
  };
  const next = steps[event.key];
  if (next === undefined) return;
  event.preventDefault();
  entries[next]?.focus();
}

/** A button that opens a list of actions in the top layer; arrows move, Escape closes. */
export function Menu({ label, children, items, class: className }: MenuProps) {
  const id = useId();
  const button = useRef<HTMLButtonElement>(null);
  const popup = useRef<HTMLDivElement>(null);

  function onToggle(event: { newState: string }) {
    const isOpen = event.newState === "open";
    button.current?.setAttribute("aria-expanded", String(isOpen));
    if (!isOpen || !popup.current || !button.current) return;
    place(popup.current, button.current);
    popup.current.querySelector<HTMLElement>("[role=menuitem]:not(:disabled)")?.focus();
  }

  return (
    <>
      <button
        ref={button}
        type="button"
        class={className ?? "ui-icon-button"}
        aria-label={label}
        title={label}
        aria-haspopup="menu"
        aria-expanded="false"
        onClick={() => popup.current?.togglePopover()}
      >
        {children}
      </button>
      <div
        ref={popup}
        id={id}
        popover="auto"
        role="menu"
        aria-label={label}
        class="ui-menu"
        onToggle={onToggle}
        onKeyDown={(event) => popup.current && moveFocus(popup.current, event)}
      >
        {items.map((item) => (
          <button
            key={item.label}
            type="button"
            role="menuitem"
            disabled={item.isDisabled}
            class={`ui-menu-item ${item.tone ? `ui-menu-item-${item.tone}` : ""}`}
            onClick={() => {
              popup.current?.hidePopover();
              button.current?.focus();
              item.run();
            }}
          >
            {item.icon && <Icon of={item.icon} size={16} />}
            {item.label}
          </button>
        ))}
      </div>
    </>
  );
}
