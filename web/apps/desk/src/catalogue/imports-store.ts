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

const STAGES = { waiting: 0, running: 1, done: 2, failed: 2, cancelled: 2 } as const;
const isFurther = (one: News, other: News) =>
  STAGES[one.state] > STAGES[other.state] ||
  (one.state === other.state && one.progress > other.progress);

/** The run with what was heard of it, unless the answer knows more: a line that broke hears less. */
function withNews(run: ImportRun): ImportRun {
  const news = heard.get(run.id);
  return news && isFurther(news, run) ? { ...run, ...news } : run;
}

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

/** Takes over what was heard of an import. */
export function takeNews({ run_id, state, progress, counts }: Events["import.changed"]): void {
  // The event's state and counts are the run's; its schema in Python is wider.
  const news = { state, progress, counts } as unknown as News;
  heard.set(run_id, news);
  const known = imports.state.peek().value?.items.find(({ id }) => id === run_id);
  if (known) takeRun({ ...known, ...news });
  else void imports.load();
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
  void imports.load().then(() => {
    const seq = imports.state.peek().value?.seq;
    if (isStopped || seq === undefined) return;
    stop = follow("imports", seq, {
      onEvent: ({ type, data }) => {
        if (type === "import.changed") takeNews(data);
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
