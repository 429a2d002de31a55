import signalHigh from "lucide:signal-high";
import signalLow from "lucide:signal-low";
import signalMedium from "lucide:signal-medium";
import { Icon } from "@stoa/ui";
import { useId } from "preact/hooks";
import { formats, t } from "../app/texts.ts";
import { isMuted, otherLevel, ownLevel, quality } from "./speaking.ts";
import { qualityWord } from "./words.ts";

const STEPS = [0.08, 0.25, 0.45, 0.65, 0.85];

function Meter({ level, label }: { level: number; label: string }) {
  return (
    <span class="meter" role="img" aria-label={label} title={label}>
      {STEPS.map((step) => (
        <span key={step} class={level >= step ? "is-lit" : ""} />
      ))}
    </span>
  );
}

/** How loud both sides are, so that nobody has to ask whether they are heard. */
export function Levels() {
  return (
    <span class="meters">
      <Meter level={isMuted.value ? 0 : ownLevel.value} label={t("meter.own")} />
      <Meter level={otherLevel.value} label={t("meter.other")} />
    </span>
  );
}

const SIGNS = { good: signalHigh, fair: signalMedium, poor: signalLow } as const;

/** How the line is: one sign, and the figures behind it. */
export function Sign() {
  const id = useId();
  const now = quality.value;
  const verdict = now?.verdict ?? "good";
  const word = now ? qualityWord(verdict) : t("quality.measuring");
  const number = (value: number | null | undefined, unit: string) =>
    value == null ? "–" : `${formats().number(Math.round(value * 10) / 10)} ${unit}`;
  return (
    <>
      <button
        type="button"
        class={`ui-icon-button quality is-${verdict}`}
        popovertarget={id}
        aria-label={t("quality.label", { word })}
        title={t("quality.label", { word })}
      >
        <Icon of={SIGNS[verdict]} />
      </button>
      <div id={id} popover="auto" class="quality-sheet">
        <h3>{word}</h3>
        <dl class="facts">
          <dt>{t("quality.roundTrip")}</dt>
          <dd>{number(now?.values.round_trip_ms, "ms")}</dd>
          <dt>{t("quality.jitter")}</dt>
          <dd>{number(now?.values.jitter_ms, "ms")}</dd>
          <dt>{t("quality.loss")}</dt>
          <dd>{number(now?.values.loss_percent, "%")}</dd>
          <dt>{t("quality.concealed")}</dt>
          <dd>{number(now?.values.concealed_percent, "%")}</dd>
        </dl>
      </div>
    </>
  );
}
