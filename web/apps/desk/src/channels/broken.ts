import { signal } from "@preact/signals";
import { readBroken } from "../api/channels.ts";
import { mayActAs } from "../session/store.ts";

const LOOK_EVERY_MS = 60_000;

/** How many inboxes have not worked for some minutes; only administrators are told. */
export const brokenCount = signal(0);

async function look() {
  if (document.hidden || !mayActAs("administrator")) return;
  try {
    brokenCount.value = (await readBroken()).count;
  } catch {
    // What is not known changes nothing; that the server is away is said elsewhere.
  }
}

/** Looks now and then, until the function that is given back is called. */
export function watchBroken(): () => void {
  void look();
  const timer = window.setInterval(look, LOOK_EVERY_MS);
  document.addEventListener("visibilitychange", look);
  return () => {
    clearInterval(timer);
    document.removeEventListener("visibilitychange", look);
  };
}
