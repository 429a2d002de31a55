import { useSignal } from "@preact/signals";
import { playKey } from "@stoa/rtc";
import { Dialog } from "@stoa/ui";
import { t } from "../app/texts.ts";
import { pressKey } from "./acts.ts";

const KEYS = ["1", "2", "3", "4", "5", "6", "7", "8", "9", "*", "0", "#"];

/** Keys whose tones the others hear; the keyboard's own digits work as well. */
export function Keypad({ onClose }: { onClose: () => void }) {
  const pressed = useSignal("");
  const press = (digit: string) => {
    pressed.value += digit;
    playKey(digit);
    void pressKey(digit);
  };
  return (
    <Dialog title={t("keypad.title")} closeLabel={t("action.close")} onClose={onClose}>
      <div
        class="keypad"
        role="group"
        aria-label={t("keypad.title")}
        onKeyDown={(event) => {
          if (!KEYS.includes(event.key)) return;
          event.preventDefault();
          press(event.key);
        }}
      >
        <output class="keypad-pressed" aria-label={t("keypad.pressed")}>
          {pressed.value || "–"}
        </output>
        {KEYS.map((digit) => (
          <button key={digit} type="button" class="keypad-key" onClick={() => press(digit)}>
            {digit}
          </button>
        ))}
      </div>
    </Dialog>
  );
}
