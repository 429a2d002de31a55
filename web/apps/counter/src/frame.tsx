import { effect } from "@preact/signals";
import { render } from "preact";
import { Announcer } from "./frame/announcer.tsx";
import { App } from "./frame/app.tsx";
import { boot } from "./frame/boot.ts";
import { hurry } from "./frame/calls.ts";
import { watchChannels } from "./frame/channels.ts";
import {
  conversation,
  followOtherTabs,
  isRunning,
  messages,
  spoken,
  state,
  unread,
} from "./frame/chat.ts";
import { watchDraft } from "./frame/draft.ts";
import { goOn, hearAgents } from "./frame/going-on.ts";
import { greet, isShown, tell } from "./frame/host.ts";
import { kept } from "./frame/kept.ts";
import { speak } from "./frame/texts.ts";

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
