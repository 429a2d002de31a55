import { type Signal, signal } from "@preact/signals";
import { useRef } from "preact/hooks";

/** How wide a pane is: kept in this browser. */
export interface Width {
  readonly rem: Signal<number>;
  readonly least: number;
  readonly most: number;
  readonly set: (rem: number) => void;
}

/** Returns the width of a pane, as it was last left. */
export function keptWidth(name: string, usual: number, least: number, most: number): Width {
  const kept = `stoa.desk.width.${name}`;
  const within = (rem: number) => Math.min(most, Math.max(least, rem));
  const before = Number.parseFloat(localStorage.getItem(kept) ?? "");
  const rem = signal(within(Number.isNaN(before) ? usual : before));
  return {
    rem,
    least,
    most,
    set: (wanted) => {
      rem.value = within(wanted);
      localStorage.setItem(kept, String(rem.value));
    },
  };
}

const STEP_REM = 1;

function remInPixels(): number {
  return Number.parseFloat(getComputedStyle(document.documentElement).fontSize) || 16;
}

/** The edge between two panes: dragged, or moved by the arrows. The pane after it is resized. */
export function Splitter({ width, label }: { width: Width; label: string }) {
  const from = useRef<{ readonly x: number; readonly rem: number } | null>(null);
  const { rem, least, most, set } = width;
  const steps: Record<string, number> = {
    ArrowLeft: rem.value + STEP_REM,
    ArrowRight: rem.value - STEP_REM,
    Home: most,
    End: least,
  };
  return (
    <div
      class="splitter"
      role="separator"
      aria-orientation="vertical"
      aria-label={label}
      aria-valuemin={least}
      aria-valuemax={most}
      aria-valuenow={Math.round(rem.value)}
      tabIndex={0}
      onPointerDown={(event) => {
        event.currentTarget.setPointerCapture(event.pointerId);
        from.current = { x: event.clientX, rem: rem.peek() };
      }}
      onPointerMove={(event) => {
        const begun = from.current;
        if (begun) set(begun.rem + (begun.x - event.clientX) / remInPixels());
      }}
      onPointerUp={() => {
        from.current = null;
      }}
      onPointerCancel={() => {
        from.current = null;
      }}
      onKeyDown={(event) => {
        const to = steps[event.key];
        if (to === undefined) return;
        event.preventDefault();
        set(to);
      }}
    />
  );
}
