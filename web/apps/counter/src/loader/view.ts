import circle from "lucide:message-circle";
import cross from "lucide:x";
import { adopt, make, makeHost, makeIcon, own } from "./dom.ts";
import { STYLE } from "./style.ts";

/** The texts the loader speaks, in the page's language. */
export interface LoaderTexts {
  readonly button: string;
  readonly title: string;
  readonly loading: string;
  readonly failed: string;
  readonly retry: string;
  readonly close: string;
  readonly accept: string;
  readonly dismiss: string;
  readonly unread: (count: number) => string;
}

export interface View {
  readonly host: HTMLElement;
  readonly button: HTMLButtonElement;
  readonly panel: HTMLElement;
  readonly waiting: HTMLElement;
  /** Draws every text again, after a change of language or count. */
  readonly write: (texts: LoaderTexts, label: string, unread: number) => void;
}

/** Draws the button and the (empty, hidden) panel at the end of the page. */
export function draw(position: string): View {
  const host = makeHost();
  host.setAttribute("data-position", position);
  // Open, so that accessibility checkers can look inside; the conversation itself is in a frame.
  const root = host.attachShadow({ mode: "open" });
  adopt(root, STYLE);

  const landmark = make("aside");
  const button = make("button", "open");
  button.type = "button";
  const label = make("span", "label");
  const badge = make("span", "badge");
  badge.setAttribute("aria-hidden", "true");
  button.append(makeIcon(circle, 24), label, badge);

  const panel = make("div", "panel");
  panel.hidden = true;
  panel.setAttribute("role", "dialog");
  const waiting = make("div", "loading");
  waiting.setAttribute("role", "status");
  panel.tabIndex = -1;
  panel.append(waiting);
  landmark.append(button, panel);
  root.append(landmark);
  own("documentElement").append(host);

  return {
    host,
    button,
    panel,
    waiting,
    write(texts, ownLabel, unread) {
      landmark.setAttribute("aria-label", texts.title);
      panel.setAttribute("aria-label", texts.title);
      label.textContent = ownLabel || texts.button;
      badge.textContent = unread > 9 ? "9+" : String(unread);
      badge.hidden = unread === 0;
      const name = ownLabel || texts.button;
      button.setAttribute("aria-label", unread ? `${name}. ${texts.unread(unread)}` : name);
    },
  };
}

/** Shows that the chat is on its way. */
export function drawWaiting(view: View, texts: LoaderTexts): void {
  const spinner = make("div", "spinner");
  view.waiting.replaceChildren(spinner, make("p", "", texts.loading));
}

/** Shows that the chat did not come, with a way to try again and a way out. */
export function drawFailure(
  view: View,
  texts: LoaderTexts,
  retry: () => void,
  close: () => void,
): void {
  const again = make("button", "", texts.retry);
  again.addEventListener("click", retry);
  const away = make("button", "", texts.close);
  away.addEventListener("click", close);
  view.waiting.replaceChildren(make("p", "", texts.failed), again, away);
  again.focus();
}

export interface Invitation {
  readonly text: string;
  readonly name: string;
}

/** A bubble above the button: somebody offers help. It takes no focus. */
export function drawInvitation(
  view: View,
  texts: LoaderTexts,
  { text, name }: Invitation,
  answer: (isAccepted: boolean) => void,
): HTMLElement {
  const bubble = make("div", "invitation");
  bubble.setAttribute("role", "status");
  const accept = make("button", "accept", texts.accept);
  const dismiss = make("button", "dismiss");
  dismiss.setAttribute("aria-label", texts.dismiss);
  dismiss.append(makeIcon(cross, 18));
  accept.addEventListener("click", () => answer(true));
  dismiss.addEventListener("click", () => answer(false));
  if (name) bubble.append(make("p", "who", name));
  bubble.append(make("p", "", text), accept, dismiss);
  view.button.before(bubble);
  return bubble;
}
