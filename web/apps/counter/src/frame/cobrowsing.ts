import type { CobrowseView, CurrentCobrowseView } from "@stoa/protocol";
import { tell } from "./host.ts";
import { later } from "./later.tsx";
import { command } from "./line.ts";
import { current, watcher } from "./visitor.ts";

/* What the chat knows of co-browsing. The part that asks and shows is fetched when an agent asks. */

/** The part that asks, shows and stops. */
export const cobrowsing = later(async () => {
  const part = await import("./cobrowse/main.tsx");
  await part.prepare();
  return part;
});

let known: CobrowseView | null = null;

async function look(): Promise<CurrentCobrowseView> {
  const now = await current(() => command("cobrowse.current", {}));
  known = now.session;
  // Without a session there is nothing to load, unless one was here a moment ago.
  if (now.session || cobrowsing.part.peek()) (await cobrowsing.get()).take(now);
  // It may have ended between two pages of this tab.
  else tell({ type: "cobrowse", script: null });
  return now;
}

async function hear(session: CobrowseView) {
  if (known?.id === session.id && session.version < known.version) return;
  if (session.state === "ended" && known?.id !== session.id) return;
  known = session.state === "ended" ? null : session;
  cobrowsing.part.peek()?.change(session);
  // The shop's rules come with a look, and nothing is shown without them.
  await look();
}

/** Every question of an agent is heard from now on. There must be a visitor. */
export const watchCobrowsing = watcher("cobrowse.changed", look, ({ session }) => hear(session));
