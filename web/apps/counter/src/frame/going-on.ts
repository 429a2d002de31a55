import { call, goOnSpeaking, watchCalls } from "./calls.ts";
import { isRunning, pending, resume, state } from "./chat.ts";
import { watchCobrowsing } from "./cobrowsing.ts";
import { kept } from "./kept.ts";
import { view } from "./view.ts";
import { watchWalks } from "./walking.ts";

/** What agents ask of this visitor is heard from now on. */
export function hearAgents() {
  watchCalls().catch(() => undefined);
  watchCobrowsing().catch(() => undefined);
  watchWalks().catch(() => undefined);
}

/** A visitor who has talked before goes on where they were; anybody else is not connected yet. */
export async function goOn() {
  if (!kept("visitor")) return;
  // Somebody with a conversation sees it coming, not a chooser that jumps away.
  if (kept("conversation")) view.value = "chat";
  const shown = view.peek();
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
  // Whoever has gone elsewhere meanwhile stays there.
  if (view.peek() !== shown) return;
  const isWanted = pending.value.length > 0 || call.value;
  if (isRunning.value) view.value = "chat";
  else if (!isWanted) view.value = "chooser";
}
