import type { CurrentWalkView } from "@stoa/protocol";
import { later } from "./later.tsx";
import { command } from "./line.ts";
import { current, watcher } from "./visitor.ts";

/* "Come with me", as far as the chat knows of it. The part that asks and leads is fetched when an
   agent asks. */

/** The part that asks, leads and stops. */
export const walking = later(async () => {
  const part = await import("./walk/main.tsx");
  await part.prepare();
  return part;
});

async function look(isNew: boolean): Promise<CurrentWalkView> {
  const now = await current(() => command("walk.current", {}));
  // Where a page that was just opened stands is where the customer is.
  if (now.walk || walking.part.peek()) (await walking.get()).take(now.walk, isNew);
  return now;
}

/** Every invitation to come along is heard from now on. There must be a visitor. */
export const watchWalks = watcher("walk.changed", look, async ({ walk }) =>
  (await walking.get()).take(walk, false),
);
