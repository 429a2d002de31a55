import { resume, state } from "./chat.ts";
import { view } from "./view.ts";

/** The chat is on screen and its conversation on the way, with a line to the shop. */
export async function openChat(): Promise<void> {
  view.value = "chat";
  if (state.value === "ready") return;
  try {
    await resume();
  } catch {
    state.value = "failed";
  }
}
