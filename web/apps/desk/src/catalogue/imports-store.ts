import { signal } from "@preact/signals";
import type { Events } from "@stoa/protocol";
import { type ImportRun, listImports, startImport } from "../api/imports.ts";
import { follow } from "../app/live.ts";
import { resource } from "../app/resource.ts";
import { shopOf } from "../session/store.ts";

const shopId = () => shopOf()?.id ?? "";

type News = Pick<ImportRun, "state" | "progress" | "counts">;
/* What was heard last of each import: an answer that was asked for earlier may come later. */
const heard = new Map<string, News>();
const withNews = (run: ImportRun): ImportRun => ({ ...run, ...heard.get(run.id) });

export const imports = resource(async () => {
  const list = await listImports(shopId());
  return { ...list, items: list.items.map(withNews) };
});

/** The files chosen on this page by the import they began, to import them for good after a try. */
const files = new Map<string, File>();
export const fileOf = (runId: string): File | null => files.get(runId) ?? null;

/** How much of a file is uploaded is not known to a page; whether one is, is. */
export const isUploading = signal(false);

/** Takes an import's new state over. */
export function takeRun(run: ImportRun): void {
  imports.change((known) => {
    const others = known.items.filter(({ id }) => id !== run.id);
    const items = [...others, withNews(run)].sort((a, b) => (a.created_at < b.created_at ? 1 : -1));
    return { ...known, items };
  });
}

/** Uploads a file and begins its import. */
export async function begin(file: File, isDryRun: boolean): Promise<ImportRun> {
  isUploading.value = true;
  try {
    const run = await startImport(file, { shopId: shopId(), isDryRun });
    files.set(run.id, file);
    takeRun(run);
    return run;
  } finally {
    isUploading.value = false;
  }
}

/** Fetches the imports and hears how they get on; returns how to stop. */
export function hearImports(): () => void {
  let stop = () => {};
  let isStopped = false;
  const change = ({ run_id, state, progress, counts }: Events["import.changed"]) => {
    // The event's state and counts are the run's; its schema in Python is wider.
    heard.set(run_id, { state, progress, counts } as unknown as News);
    const known = imports.state.peek().value?.items.find(({ id }) => id === run_id);
    if (!known) return void imports.load();
    takeRun(known);
  };
  void imports.load().then(() => {
    const seq = imports.state.peek().value?.seq;
    if (isStopped || seq === undefined) return;
    stop = follow("imports", seq, {
      onEvent: ({ type, data }) => {
        if (type === "import.changed") change(data);
      },
      resync: async () => {
        await imports.load();
        return imports.state.peek().value?.seq ?? null;
      },
    });
  });
  return () => {
    isStopped = true;
    stop();
  };
}
