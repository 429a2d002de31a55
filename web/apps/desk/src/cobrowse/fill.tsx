import { useSignal } from "@preact/signals";
import type { Pointed } from "@stoa/cobrowse/replica";
import { Button } from "@stoa/ui";
import { useEffect, useRef } from "preact/hooks";
import { t } from "../app/texts.ts";

const TEXT_MAX = 500;
/* About as large as it is drawn, to keep it over the page. */
const WIDTH = 256;
const HEIGHT = 136;
const GAP = 4;

interface FillProps {
  at: Pointed;
  scale: number;
  /** The customer's window. */
  size: { readonly width: number; readonly height: number };
  onFill: (text: string) => void;
  onClose: () => void;
}

/** Asks what is to be written into the customer's field, beside that field. */
export function FillBox({ at, scale, size, onFill, onClose }: FillProps) {
  const text = useSignal("");
  const field = useRef<HTMLInputElement>(null);
  useEffect(() => field.current?.focus(), []);
  const box = at.box ?? { x: 0, y: 0, width: 0, height: 0 };
  const left = Math.max(0, Math.min(box.x * scale, size.width * scale - WIDTH));
  const below = (box.y + box.height) * scale + GAP;
  const above = box.y * scale - HEIGHT - GAP;
  const top = below + HEIGHT <= size.height * scale || above < 0 ? below : above;
  const name = at.label || t("cobrowse.unnamed");
  return (
    <form
      class="replica-fill"
      style={{ left: `${left}px`, top: `${top}px` }}
      onSubmit={(event) => {
        event.preventDefault();
        onFill(text.value);
      }}
      onKeyDown={(event) => {
        if (event.key !== "Escape") return;
        event.stopPropagation();
        onClose();
      }}
    >
      <label>
        <span class="quiet">{t("cobrowse.fill", { name })}</span>
        <input
          ref={field}
          class="ui-input"
          type="text"
          autocomplete="off"
          maxLength={TEXT_MAX}
          value={text.value}
          onInput={(event) => (text.value = event.currentTarget.value)}
        />
      </label>
      <span class="row">
        <Button small look="primary" type="submit">
          {t("cobrowse.write")}
        </Button>
        <Button small look="quiet" onClick={onClose}>
          {t("action.cancel")}
        </Button>
      </span>
    </form>
  );
}
