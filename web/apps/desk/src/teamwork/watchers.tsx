import eye from "lucide:eye";
import pencil from "lucide:pencil";
import { Icon } from "@stoa/ui";
import { t } from "../app/texts.ts";
import type { Looking } from "./looking.ts";

const WORDS = { looking: "look.looking", writing: "look.writing", noting: "look.noting" } as const;

/** Which colleagues have the conversation open, and what they do there. */
export function Watchers({ looking }: { looking: Looking }) {
  const all = [...looking.watchers.value];
  return (
    <div class="watchers" aria-live="polite">
      {all.map(([id, { name, state }]) => (
        <span key={id} class={`watcher ${state === "looking" ? "" : "is-writing"}`}>
          <Icon of={state === "looking" ? eye : pencil} size={14} />
          {t(WORDS[state], { name })}
        </span>
      ))}
    </div>
  );
}
