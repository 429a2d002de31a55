import { computed, effect, signal } from "@preact/signals";
import type { PageQuestion } from "../bridge.ts";
import { onPage, tell } from "./host.ts";

/* What the page asks while the panel is closed. There is room for one question; what came first is
   asked first. */

interface Posed {
  readonly question: PageQuestion;
  readonly answer: (isAgreed: boolean) => void;
}

const posed = signal<ReadonlyMap<string, Posed>>(new Map());
const first = computed(() => [...posed.value.values()][0] ?? null);
/* What is told again is drawn anew, away from under the finger or the focus: only what is another
   question is told. */
const words = computed(() => JSON.stringify(first.value?.question ?? null));
let isHeard = false;

function listen() {
  if (isHeard) return;
  isHeard = true;
  effect(() =>
    tell({ type: "question", question: JSON.parse(words.value) as PageQuestion | null }),
  );
  onPage("answered", ({ id, isAgreed }) => {
    const now = first.peek();
    if (now?.question.id === id) now.answer(isAgreed);
  });
}

/** The page asks this for `who`, instead of what it asked for them before; null: nothing. */
export function pose(
  who: string,
  question: PageQuestion | null,
  answer: (isAgreed: boolean) => void,
): void {
  const next = new Map(posed.peek());
  if (question) next.set(who, { question, answer });
  else if (!next.delete(who)) return;
  posed.value = next;
  listen();
}
