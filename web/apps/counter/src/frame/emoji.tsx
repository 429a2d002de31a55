import { useEffect, useRef } from "preact/hooks";
import { EMOJI } from "./emoji-list.ts";
import { t, tag } from "./texts.ts";

interface PickerProps {
  onPick: (emoji: string) => void;
  onClose: () => void;
}

const COLUMNS = 8;

/** A small grid of emoji; arrows move, Enter takes, Escape goes back to the text. */
export function EmojiPicker({ onPick, onClose }: PickerProps) {
  const grid = useRef<HTMLDivElement>(null);

  useEffect(() => {
    requestAnimationFrame(() => grid.current?.querySelector("button")?.focus());
  }, []);

  function onKeyDown(event: KeyboardEvent) {
    if (event.key === "Escape") {
      event.preventDefault();
      onClose();
      return;
    }
    const buttons = [...(grid.current?.querySelectorAll("button") ?? [])];
    const now = buttons.indexOf(document.activeElement as HTMLButtonElement);
    const steps: Record<string, number> = {
      ArrowRight: now + 1,
      ArrowLeft: now - 1,
      ArrowDown: now + COLUMNS,
      ArrowUp: now - COLUMNS,
      Home: 0,
      End: buttons.length - 1,
    };
    const next = steps[event.key];
    if (next === undefined) return;
    event.preventDefault();
    buttons[Math.min(Math.max(next, 0), buttons.length - 1)]?.focus();
  }

  return (
    <div
      ref={grid}
      class="emoji"
      role="group"
      aria-label={t("composer.emoji")}
      onKeyDown={onKeyDown}
    >
      {EMOJI.map((emoji, index) => (
        <button
          key={emoji}
          type="button"
          lang={tag.value}
          tabIndex={index === 0 ? 0 : -1}
          onClick={() => {
            onPick(emoji);
            onClose();
          }}
        >
          {emoji}
        </button>
      ))}
    </div>
  );
}
