import type { Signal } from "@preact/signals";
import { useSignalEffect } from "@preact/signals";
import { useRef } from "preact/hooks";

/** A bar as long as the sound is loud. Its words are beside it: it is drawn for the eye only. */
export function Meter({ levels, side }: { levels: Signal<Sides>; side: keyof Sides }) {
  const bar = useRef<HTMLSpanElement>(null);
  useSignalEffect(() => {
    bar.current?.style.setProperty("--level", String(levels.value[side]));
  });
  return (
    <span class="call-meter" aria-hidden="true">
      <span ref={bar} />
    </span>
  );
}

interface Sides {
  readonly own: number;
  readonly other: number;
}
