import { effect } from "@preact/signals";
import { render } from "preact";
import { Announcer } from "./frame/announcer.tsx";
import { App } from "./frame/app.tsx";
import { boot } from "./frame/boot.ts";
import { call, goOnSpeaking, hurry, watchCalls } from "./frame/calls.ts";
import { watchChannels } from "./frame/channels.ts";
import {
  conversation,
  followOtherTabs,
  isRunning,
  messages,
  pending,
  resume,
  spoken,
  state,
  unread,
} from "./frame/chat.ts";
import { watchCobrowsing } from "./frame/cobrowsing.ts";
import { watchDraft } from "./frame/draft.ts";
import { greet, isShown, tell } from "./frame/host.ts";
import { kept } from "./frame/kept.ts";
import { speak } from "./frame/texts.ts";
import { view } from "./frame/view.ts";
import { watchWalks } from "./frame/walking.ts";

/** What agents ask of this visitor is heard from now on. */
function hearAgents() {
  watchCalls().catch(() => undefined);
  watchCobrowsing().catch(() => undefined);
  watchWalks().catch(() => undefined);
}

/** A visitor who has talked before goes on where they were; anybody else is not connected yet. */
async function goOn() {
  if (!kept("visitor")) return;
  // Somebody with a conversation sees it coming, not a chooser that jumps away.
  if (kept("conversation")) view.value = "chat";
  // An agent sees only pages of somebody they talk to; the question is never lost for long.
  if (kept("conversation")) hearAgents();
  // A visitor without calls to hear of still has a chat.
  watchCalls().catch(() => undefined);
  goOnSpeaking();
  try {
    await resume();
  } catch {
    if (state.value !== "ready") state.value = "failed";
    return;
  }
  if (view.value === "call") return;
  const isWanted = isRunning.value || pending.value.length > 0 || call.value;
  if (isRunning.value && view.value === "chooser") view.value = "chat";
  else if (!isWanted) view.value = "chooser";
}

async function start() {
  hurry();
  await speak(kept("locale") ?? boot.locale);
  watchDraft();
  watchChannels();
  followOtherTabs();
  render(
    <>
      <App />
      <Announcer message={spoken} />
    </>,
    document.body,
  );
  greet();
  effect(() => {
    // Whoever has a conversation may be called, asked to show the page, and asked along.
    if (conversation.value) hearAgents();
  });
  effect(() => tell({ type: "unread", count: isShown.value ? 0 : unread.value }));
  effect(() => {
    // Until it is known whether one runs, the tab remembers what the page before this one knew.
    if (state.value !== "ready" && state.value !== "none") return;
    tell({ type: "running", isRunning: isRunning.value && messages.value.length > 0 });
  });
  await goOn();
}

start();
