import { signal, useSignal } from "@preact/signals";
import { Dialog } from "@stoa/ui";
import { useId } from "preact/hooks";
import { matches } from "./folded.ts";
import { Keys } from "./help.tsx";
import { activeShortcuts, type Shortcut } from "./keyboard.ts";
import { t } from "./texts.ts";

export const PALETTE_KEYS = "mod+k";
export const isPaletteOpen = signal(false);

/** The command palette: everything that has a key, by its name. */
export function Palette() {
  return isPaletteOpen.value ? <OpenPalette /> : null;
}

/** What belongs to the page on the screen comes before what works everywhere. */
function offeredHere(): Shortcut[] {
  const others = activeShortcuts.value.filter(({ keys }) => keys !== PALETTE_KEYS);
  const isGeneral = ({ group }: Shortcut) => group() === t("group.general");
  return [...others.filter((one) => !isGeneral(one)), ...others.filter(isGeneral)];
}

function OpenPalette() {
  const wish = useSignal("");
  const chosen = useSignal(0);
  const id = useId();
  const close = () => {
    isPaletteOpen.value = false;
  };
  const found = offeredHere().filter(({ label }) => matches(label(), wish.value));
  const index = Math.min(chosen.value, found.length - 1);

  function run(position: number) {
    const command = found[position];
    if (!command) return;
    close();
    // After the dialog is gone, so that the command finds the focus where it was.
    setTimeout(command.run);
  }

  function onKeyDown(event: KeyboardEvent) {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step && found.length) {
      event.preventDefault();
      chosen.value = (index + step + found.length) % found.length;
      document.getElementById(`${id}-${chosen.value}`)?.scrollIntoView({ block: "nearest" });
    }
    if (event.key === "Enter") {
      event.preventDefault();
      run(index);
    }
  }

  return (
    <Dialog title={t("palette.title")} closeLabel={t("action.close")} onClose={close}>
      <input
        class="ui-input"
        role="combobox"
        aria-expanded="true"
        aria-controls={`${id}-list`}
        aria-activedescendant={index >= 0 ? `${id}-${index}` : undefined}
        aria-label={t("palette.placeholder")}
        placeholder={t("palette.placeholder")}
        value={wish.value}
        onInput={(event) => {
          wish.value = event.currentTarget.value;
          chosen.value = 0;
        }}
        onKeyDown={onKeyDown}
      />
      <div id={`${id}-list`} role="listbox" aria-label={t("palette.title")} class="palette-list">
        {found.map(({ keys, label }, position) => (
          <div
            key={keys}
            id={`${id}-${position}`}
            role="option"
            tabIndex={-1}
            aria-selected={position === index}
            class="palette-row"
            onClick={() => run(position)}
            onKeyDown={(event) => event.key === "Enter" && run(position)}
          >
            <span>{label()}</span>
            <Keys keys={keys} />
          </div>
        ))}
      </div>
      {found.length === 0 && <p class="quiet palette-none">{t("palette.none")}</p>}
    </Dialog>
  );
}
