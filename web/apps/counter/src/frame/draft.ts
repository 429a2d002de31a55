import { effect, signal } from "@preact/signals";
import { conversation } from "./chat.ts";
import { keep, kept, onKeptElsewhere } from "./kept.ts";

/** What stands in the composer; kept per conversation, and in step between tabs. */
export const draft = signal("");

function name() {
  return `draft.${conversation.peek()?.id ?? "new"}` as const;
}

export function setDraft(text: string): void {
  draft.value = text;
  keep(name(), text);
}

/** The draft of the conversation on screen is in the composer, from whichever tab it came. */
export function watchDraft(): void {
  let shown: string | undefined;
  effect(() => {
    const id = conversation.value?.id ?? "new";
    if (id === shown) return;
    const begun = shown === "new" ? draft.peek() : "";
    shown = id;
    if (begun) {
      // The first message began the conversation; what was typed since belongs to it.
      keep("draft.new", "");
      keep(`draft.${id}`, begun);
    }
    draft.value = kept(`draft.${id}`) ?? begun;
  });
  onKeptElsewhere((changed, value) => {
    if (changed === name()) draft.value = value ?? "";
  });
}
