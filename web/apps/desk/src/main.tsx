import { computed, effect, untracked } from "@preact/signals";
import { render } from "preact";
import { App } from "./app/app.tsx";
import { startTitle } from "./app/attention.ts";
import { startClock } from "./app/clock.ts";
import { addGeneralShortcuts } from "./app/general-shortcuts.ts";
import { startHearing } from "./app/hearing.ts";
import { startKeyboard } from "./app/keyboard.ts";
import { startRouter } from "./app/router.ts";
import { firstLanguage, speak } from "./app/texts.ts";
import { applyTheme } from "./app/theme.ts";
import { askBeforeClosing } from "./app/unsaved.ts";
import { findSession, me } from "./session/store.ts";

/** Hears the server for as long as somebody is signed in. */
function hearWhileSignedIn(): void {
  let stop = () => {};
  const id = computed(() => me.value?.id);
  effect(() => {
    stop();
    stop = id.value ? untracked(startHearing) : () => {};
  });
}

const AGAIN_MS = 2_000;

/** The texts are here, however often their file is lost on the way. */
async function speakAtLast(): Promise<void> {
  for (;;) {
    try {
      return await speak(firstLanguage());
    } catch {
      await new Promise((resolve) => setTimeout(resolve, AGAIN_MS));
    }
  }
}

async function start(): Promise<void> {
  const root = document.getElementById("desk");
  if (!root) throw new Error("The page has no element #desk.");
  applyTheme();
  startRouter();
  askBeforeClosing();
  startKeyboard();
  startClock();
  await speakAtLast();
  startTitle();
  addGeneralShortcuts();
  hearWhileSignedIn();
  render(<App />, root);
  await findSession();
}

void start();
