import { effect } from "@preact/signals";
import { boot } from "../boot.ts";
import { call, watchCalls } from "../calls.ts";
import { onPage, tell } from "../host.ts";
import { openChat } from "../open.ts";
import { view } from "../view.ts";
import { decline, hangUp, mute } from "./acts.ts";
import { accept, goOn, mine, phase, wantsCallback, watchSound } from "./session.ts";
import { sign } from "./sign.ts";
import { prepareTexts } from "./texts.ts";

export { CallBar } from "./bar.tsx";
export { CallCardView } from "./card.tsx";
export { begin } from "./session.ts";
export { stage, tools } from "./slots.ts";
export { CallView } from "./view.tsx";

/** The style of calls is here, or did not come: then it is plain, and works. */
function addStyle(): Promise<void> {
  return new Promise((resolve) => {
    const link = document.createElement("link");
    link.rel = "stylesheet";
    link.href = boot.call_style;
    link.onload = link.onerror = () => resolve();
    document.head.append(link);
  });
}

/** The page around shows the call, and what is pressed there is done here. */
function watchPage() {
  let wasTold = false;
  effect(() => {
    const now = sign.value;
    // Before the server has spoken, silence is no news: the tab still remembers its call.
    if (now || wasTold) tell({ type: "call", sign: now, script: boot.call_script });
    wasTold ||= now !== null;
  });
  onPage("call", ({ act }) => {
    if (act === "accept") void acceptHere();
    else if (act === "decline") void decline();
    else if (act === "end") void hangUp();
    else void mute(act === "mute");
  });
}

/* Somebody who waits sees how long; somebody who talks may write beside it. */
function watchView() {
  let before = phase.peek();
  phase.subscribe((now) => {
    const was = before;
    before = now;
    if (now === "talking" && was !== "talking") {
      if (view.peek() === "call" || view.peek() === "chooser") void openChat();
    } else if (now === "ended" && was !== "idle" && was !== "elsewhere") view.value = "call";
    else if (now === "incoming" || now === "voicemail") view.value = "call";
  });
}

/* Pictures and screens: their code comes once somebody talks, and the call goes on without it. */
function watchPictures() {
  let isHere = false;
  effect(() => {
    if (phase.value !== "talking" || call.value?.state !== "active" || isHere) return;
    isHere = true;
    import("./video/main.tsx")
      .then((part) => part.begin())
      .catch(() => {
        isHere = false; // the next change of the call tries again
      });
  });
}

/** Words, style, and everything that follows from a call's changes. Runs once. */
export async function prepare(): Promise<void> {
  await Promise.all([prepareTexts(), addStyle()]);
  watchSound();
  watchPage();
  watchView();
  watchPictures();
}

/** The form that asks to be called back is on screen. */
export async function wantCallback(): Promise<void> {
  wantsCallback.value = true;
}

/** The shop's call is answered here. */
export async function acceptHere(): Promise<void> {
  view.value = "call";
  await accept();
}

/** The tab spoke before its page was turned, and goes on. */
export async function rejoin(): Promise<void> {
  await goOn();
  await watchCalls();
  if (!mine.peek() || !call.peek()) tell({ type: "call", sign: null, script: boot.call_script });
}
