import mic from "lucide:mic";
import micOff from "lucide:mic-off";
import phone from "lucide:phone";
import phoneOff from "lucide:phone-off";
import type { CallAct, CallSign } from "../bridge.ts";
import { adopt, make, makeIcon } from "../loader/dom.ts";
import { STYLE } from "./style.ts";

const ICONS: Record<CallAct, string> = {
  accept: phone,
  decline: phoneOff,
  mute: mic,
  unmute: micOff,
  end: phoneOff,
};
const TICK_MS = 1_000;

export interface CallBar {
  readonly element: HTMLElement;
  remove(): void;
}

function timeSince(since: number): string {
  const seconds = Math.max(0, Math.floor((Date.now() - since) / 1_000));
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
}

function actButton({ act, label }: CallSign["acts"][number], isSmall: boolean) {
  const button = make("button", `act ${act}`, isSmall ? "" : label);
  button.prepend(makeIcon(ICONS[act], 20));
  if (isSmall) button.title = label;
  button.setAttribute("aria-label", label);
  return button;
}

const styled = new WeakSet<Node>();

function addStyle(root: Node) {
  if (!(root instanceof ShadowRoot) || styled.has(root)) return;
  styled.add(root);
  adopt(root, STYLE);
}

/** A call on the page itself: one that rings asks, one that is on stays small. */
export function drawCall(
  before: HTMLElement,
  sign: CallSign,
  run: (act: CallAct | "open") => void,
): CallBar {
  const isIncoming = sign.kind === "incoming";
  const element = make("div", `call ${sign.kind} ${sign.tone}`);
  element.setAttribute("role", "group");
  element.setAttribute("aria-label", sign.title);
  const words = make(isIncoming ? "div" : "button", "words");
  const title = make("span", "title", sign.title);
  // Spoken when it begins to ring; the panel speaks of everything else.
  if (isIncoming) title.setAttribute("role", "alert");
  else words.addEventListener("click", () => run("open"));
  const detail = make("span", "detail", sign.detail);
  const time = make("span", "time");
  words.append(title, detail, time);
  element.append(words);
  const { since } = sign;
  const tick = () => {
    if (since !== null) time.textContent = timeSince(since);
  };
  tick();
  const timer = setInterval(tick, TICK_MS);
  for (const one of sign.acts) {
    const button = actButton(one, !isIncoming);
    button.addEventListener("click", () => run(one.act));
    element.append(button);
  }
  addStyle(before.getRootNode());
  before.before(element);
  return {
    element,
    remove() {
      clearInterval(timer);
      element.remove();
    },
  };
}
