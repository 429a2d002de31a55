import { useEffect, useRef } from "preact/hooks";
import { press } from "./acts.ts";
import { ct } from "./texts.ts";

const KEYS = [..."123456789*0#"];

/** The keys of a phone; a keyboard's digits work as well while the focus is here. */
export function Keypad() {
  const pad = useRef<HTMLDivElement>(null);
  useEffect(() => pad.current?.querySelector("button")?.focus(), []);
  return (
    <div
      ref={pad}
      class="call-keys"
      role="group"
      aria-label={ct("bar.keypad")}
      onKeyDown={(event) => {
        if (!KEYS.includes(event.key)) return;
        event.preventDefault();
        void press(event.key);
      }}
    >
      {KEYS.map((key) => (
        <button key={key} type="button" class="call-key" onClick={() => press(key)}>
          {key}
        </button>
      ))}
    </div>
  );
}
