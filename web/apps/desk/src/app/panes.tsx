import { signal } from "@preact/signals";
import type { ComponentChildren } from "preact";
import { keptWidth, Splitter } from "./splitter.tsx";
import { t } from "./texts.ts";

/** Whether the customer's side is open where it does not stand beside the conversation. */
export const isSideOpen = signal(false);
/** Whether the customer's side is folded away, so that their page has more room. */
export const isSideFolded = signal(false);
/** Whether the customer's page covers the conversation, where there is room for one of them. */
export const isStageOpen = signal(false);
/** Whether the list stands beside the customer's page, which takes its place otherwise. */
export const isListOpen = signal(false);

const NARROW = "(max-width: 1150px)";

/** Shows the customer's side, or puts it away. */
export function toggleSide(): void {
  const shown = matchMedia(NARROW).matches ? isSideOpen : isSideFolded;
  shown.value = !shown.peek();
}

const talkWidth = keptWidth("talk", 20, 17, 40);
const sideWidth = keptWidth("side", 16.5, 14, 30);

interface PanesProps {
  list: ComponentChildren;
  listLabel: string;
  main: ComponentChildren;
  /** On a narrow screen the middle covers the list when something is chosen. */
  hasChosen: boolean;
  side?: ComponentChildren;
  sideLabel?: string;
  /** The customer's page: it takes the list's place, and the list comes back on demand. */
  stage?: ComponentChildren;
  stageLabel?: string;
}

function shownOf({ hasChosen, side, stage }: PanesProps): string {
  if (!hasChosen) return "list";
  if (stage && isStageOpen.value) return "stage";
  return side && isSideOpen.value ? "side" : "main";
}

/** List, middle and side: beside each other where there is room, one after the other on a phone.
 * With a stage: the customer's page, the conversation and the customer's side on one screen. */
export function Panes(props: PanesProps) {
  const { list, listLabel, main, side, sideLabel, stage, stageLabel } = props;
  const classes = [
    "panes",
    side ? "has-side" : "",
    stage ? "has-stage" : "",
    stage && isListOpen.value ? "has-list" : "",
    stage && isSideFolded.value ? "is-side-folded" : "",
  ];
  const widths = stage
    ? { "--talk": `${talkWidth.rem.value}rem`, "--side": `${sideWidth.rem.value}rem` }
    : {};
  return (
    <div class={classes.filter(Boolean).join(" ")} data-shown={shownOf(props)} style={widths}>
      <section class="pane pane-list" aria-label={listLabel}>
        {list}
      </section>
      {stage && (
        <>
          <section class="pane pane-stage" aria-label={stageLabel}>
            {stage}
          </section>
          <Splitter width={talkWidth} label={t("panes.resizeTalk")} />
        </>
      )}
      <main class="pane pane-main" id="main" tabIndex={-1}>
        {main}
      </main>
      {stage && side && <Splitter width={sideWidth} label={t("panes.resizeSide")} />}
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
