import type { PageQuestion } from "../bridge.ts";
import { make } from "./dom.ts";
import type { View } from "./view.ts";

/** A bubble above the button that asks the visitor something. It takes no focus. */
export function drawQuestion(
  view: View,
  { title, points, accept, refuse }: PageQuestion,
  answer: (isAgreed: boolean) => void,
): HTMLElement {
  const bubble = make("div", "invitation question");
  bubble.setAttribute("role", "group");
  bubble.setAttribute("aria-label", title);
  const words = make("div");
  words.setAttribute("role", "status");
  const acts = make("div", "acts");
  const yes = make("button", "accept", accept);
  const no = make("button", "refuse", refuse);
  yes.type = no.type = "button";
  yes.addEventListener("click", () => answer(true));
  no.addEventListener("click", () => answer(false));
  acts.append(yes, ...(refuse ? [no] : []));
  bubble.append(words, acts);
  view.button.before(bubble);
  // After it is there, so that a screen reader hears it come.
  words.append(make("p", "asks", title), ...points.map((point) => make("p", "point", point)));
  return bubble;
}
