/* What the customer sees of it: a frame around the page, a bar with the way out, and the agent's hand.
   It lies in a shadow root that the recorder does not look into. */

import type { PointSignal } from "@stoa/protocol";
import { stepAside } from "./bar-place.ts";
import { leavesByEscape } from "./escape.ts";
import { Hand } from "./hand.ts";
import type { Words } from "./messages.ts";
import { STYLE } from "./overlay-style.ts";

export type Saying = "sees" | "paused" | "refused";

/* A page may have named a form "createElement": taken from the prototype (DOM clobbering). */
const { createElement } = Document.prototype;

export function make<Tag extends keyof HTMLElementTagNameMap>(
  tag: Tag,
  className = "",
  text = "",
): HTMLElementTagNameMap[Tag] {
  const element = createElement.call(document, tag) as HTMLElementTagNameMap[Tag];
  if (className) element.className = className;
  if (text) element.textContent = text;
  return element;
}

function style(root: ShadowRoot) {
  try {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(STYLE);
    root.adoptedStyleSheets = [sheet];
  } catch {
    // Before Safari 16.4 there are no constructed sheets; there the page's policy decides.
    root.append(make("style", "", STYLE));
  }
}

export class Overlay {
  private readonly host = createElement.call(document, "stoa-cobrowse");
  private readonly bar = make("section", "bar");
  private readonly words = make("span");
  private readonly spoken = make("div", "spoken");
  private readonly stop = make("button", "stop");
  private readonly back = make("button", "release");
  private readonly hand: Hand;
  private readonly ended = new AbortController();
  private texts: Words | undefined;
  private isInControl = false;
  private saying: Saying = "sees";

  constructor(on: { stop: () => void; release: () => void }) {
    const root = this.host.attachShadow({ mode: "open" });
    style(root);
    const frame = make("div", "frame");
    const line = make("p", "words");
    line.append(make("span", "dot"), this.words);
    this.stop.type = this.back.type = "button";
    this.stop.addEventListener("click", on.stop);
    this.back.addEventListener("click", on.release);
    this.spoken.setAttribute("role", "status");
    const acts = make("div", "acts");
    acts.append(this.stop, this.back);
    this.bar.append(line, acts);
    root.append(frame, this.bar, this.spoken);
    this.hand = new Hand(root);
    leavesByEscape(on.stop, this.ended.signal);
  }

  /** The bar is on the page and says who sees it. */
  show(words: Words, isInControl: boolean): void {
    this.texts = words;
    this.isInControl = isInControl;
    this.write();
    if (this.host.isConnected) return;
    document.documentElement.append(this.host);
    stepAside(this.bar, this.ended.signal);
  }

  /** The agent may look, and do nothing. */
  release(): void {
    this.isInControl = false;
    this.write();
  }

  /** The bar says that the page is seen, rests, or cannot be shown. */
  say(saying: Saying): void {
    if (this.saying === saying) return;
    this.saying = saying;
    this.write();
  }

  private write() {
    const { texts } = this;
    if (!texts) return;
    const calm = this.isInControl ? texts.mayAct : texts.sees;
    const words = this.saying === "sees" ? calm : texts[this.saying];
    const isNews = this.words.textContent !== words;
    this.words.textContent = words;
    this.bar.setAttribute("aria-label", words);
    this.bar.classList.toggle("rests", this.saying !== "sees");
    this.stop.textContent = texts.stop;
    this.stop.title = texts.hint;
    this.back.textContent = texts.release;
    this.back.hidden = !this.isInControl;
    if (isNews) this.spoken.textContent = `${words} ${texts.hint}`;
  }

  /** The agent points, marks an element or draws. */
  point(point: PointSignal, stream: string): void {
    this.hand.point(point, stream);
  }

  /** The agent's hand is not on the page any more. */
  clear(): void {
    this.hand.clear();
  }

  /** The customer sees what the agent does, and where. */
  announce(what: "clicks" | "fills" | "scrolls", target: Element | null, name: string): void {
    const words = (this.texts?.[what] ?? "").replace("\u2400", name);
    this.spoken.textContent = words;
    if (target) this.hand.ring(target, words, true);
  }

  /** Nothing of it is on the page any more. */
  remove(): void {
    this.ended.abort();
    this.hand.remove();
    this.host.remove();
  }
}
