import { signal } from "@preact/signals";
import type { ComponentChildren } from "preact";

/** Whether the customer's side is open where it does not stand beside the conversation. */
export const isSideOpen = signal(false);

interface PanesProps {
  list: ComponentChildren;
  listLabel: string;
  main: ComponentChildren;
  /** On a narrow screen the middle covers the list when something is chosen. */
  hasChosen: boolean;
  side?: ComponentChildren;
  sideLabel?: string;
}

/** List, middle and side: beside each other where there is room, one after the other on a phone. */
export function Panes({ list, listLabel, main, hasChosen, side, sideLabel }: PanesProps) {
  const shown = !hasChosen ? "list" : side && isSideOpen.value ? "side" : "main";
  return (
    <div class={`panes ${side ? "has-side" : ""}`} data-shown={shown}>
      <section class="pane pane-list" aria-label={listLabel}>
        {list}
      </section>
      <main class="pane pane-main" id="main" tabIndex={-1}>
        {main}
      </main>
      {side && (
        <aside class="pane pane-side" aria-label={sideLabel}>
          {side}
        </aside>
      )}
    </div>
  );
}

/** A page without a list: the catalogue's import, the settings. */
export function SinglePane({ children }: { children: ComponentChildren }) {
  return (
    <main class="pane pane-main pane-single" id="main" tabIndex={-1}>
      {children}
    </main>
  );
}
