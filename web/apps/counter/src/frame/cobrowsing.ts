import { signal } from "@preact/signals";
import type { CobrowseView, CurrentCobrowseView } from "@stoa/protocol";
import { command, onReconnect } from "./line.ts";
import { onVisitorEvent } from "./visitor.ts";

/* What the chat knows of co-browsing. The part that asks and shows is fetched when an agent asks. */

type Part = typeof import("./cobrowse/main.tsx");

/** The part that asks, shows and stops, once it is here. */
export const part = signal<Part | null>(null);

let known: CobrowseView | null = null;
let loading: Promise<Part> | undefined;
let watching: Promise<void> | undefined;

export function loadCobrowsing(): Promise<Part> {
  loading ??= import("./cobrowse/main.tsx").then(
    async (loaded) => {
      await loaded.prepare();
      part.value = loaded;
      return loaded;
    },
    (problem) => {
      loading = undefined;
      throw problem;
    },
  );
  return loading;
}

async function look(): Promise<CurrentCobrowseView> {
  const now = await command("cobrowse.current", {});
  known = now.session;
  // Without a session there is nothing to load, unless one was here a moment ago.
  if (now.session || part.peek()) (await loadCobrowsing()).take(now);
  return now;
}

async function hear(session: CobrowseView) {
  if (known?.id === session.id && session.version < known.version) return;
  if (session.state === "ended" && known?.id !== session.id) return;
  known = session.state === "ended" ? null : session;
  // The shop's rules come with a look, and nothing is shown without them.
  await look();
}

async function begin() {
  const now = await look();
  const resync = async () => (await look()).seq;
  const event = ({ session }: { session: CobrowseView }) => {
    hear(session).catch(() => undefined);
  };
  onVisitorEvent("cobrowse.changed", { event, resync }, now);
  onReconnect(() => {
    look().catch(() => undefined);
  });
}

/** Every question of an agent is heard from now on. There must be a visitor. */
export function watchCobrowsing(): Promise<void> {
  watching ??= begin().catch((problem) => {
    watching = undefined;
    throw problem;
  });
  return watching;
}
