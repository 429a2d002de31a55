import { useSignal } from "@preact/signals";
import { Checkbox, TextField } from "@stoa/ui";
import { useMemo, useRef } from "preact/hooks";
import { t } from "../app/texts.ts";
import { type Choice, chosenFirst, FIND_FROM, found } from "./choosing.ts";
import { toggled } from "./draft.ts";

interface ChoicesProps<Id extends string> {
  legend: string;
  /** What the field says with which one of many is found. */
  find?: string;
  hint?: string | undefined;
  choices: readonly Choice<Id>[];
  chosen: readonly Id[];
  onChange: (chosen: Id[]) => void;
}

/** Several of a list, which is looked through by name where it is long. */
export function Choices<Id extends string>(props: ChoicesProps<Id>) {
  const { legend, find, hint, choices, chosen, onChange } = props;
  const wish = useSignal("");
  const list = useRef<HTMLDivElement>(null);
  const isLong = find !== undefined && choices.length >= FIND_FROM;
  // While one chooses, nothing moves.
  const first = useMemo(() => chosen, [isLong]);
  const inOrder = isLong ? chosenFirst(choices, first) : choices;
  const shown = isLong ? found(inOrder, wish.value) : inOrder;
  const toggle = (id: Id, isIn: boolean) => onChange(toggled(chosen, id, isIn));

  function onKeyDown(event: KeyboardEvent) {
    const only = shown.length === 1 ? shown[0] : undefined;
    if (event.key === "Enter") {
      if (only) toggle(only.id, !chosen.includes(only.id));
      if (only) wish.value = "";
    } else if (event.key === "ArrowDown") list.current?.querySelector("input")?.focus();
    else if (event.key === "Escape" && wish.peek()) wish.value = "";
    else return;
    event.preventDefault();
  }

  const many = chosen.filter((id) => choices.some((choice) => choice.id === id)).length;
  return (
    <fieldset class="plain-fieldset stack">
      <legend class="ui-label">{legend}</legend>
      {isLong && (
        <>
          <TextField
            label={find}
            type="search"
            autocomplete="off"
            value={wish.value}
            onInput={(event) => (wish.value = event.currentTarget.value)}
            onKeyDown={onKeyDown}
          />
          <p class="ui-hint" role="status">
            {t("choices.count", { count: many, total: choices.length })}
            {shown.length === 0 && ` ${t("choices.none", { wish: wish.value.trim() })}`}
          </p>
        </>
      )}
      <div ref={list} class={`choice-grid ${isLong ? "is-long" : ""}`}>
        {shown.map(({ id, label }) => (
          <Checkbox
            key={id}
            label={label}
            checked={chosen.includes(id)}
            onChange={(isIn) => toggle(id, isIn)}
          />
        ))}
      </div>
      {hint && <p class="ui-hint">{hint}</p>}
    </fieldset>
  );
}
