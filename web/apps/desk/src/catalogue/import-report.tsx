import back from "lucide:arrow-left";
import { signal } from "@preact/signals";
import { Badge, Banner, Button, Icon, Skeleton } from "@stoa/ui";
import { useEffect, useMemo } from "preact/hooks";
import {
  cancelImport,
  type ImportCounts,
  type ImportProblem,
  type ImportRun,
  listProblems,
} from "../api/imports.ts";
import { useAct } from "../app/act.ts";
import { wordsFor } from "../app/form.ts";
import { go } from "../app/router.ts";
import { formats, t } from "../app/texts.ts";
import { ImportStateBadge } from "./imports-page.tsx";
import { begin, fileOf, takeRun } from "./imports-store.ts";

const COUNTS = [
  "created",
  "changed",
  "unchanged",
  "refused",
] as const satisfies readonly (keyof ImportCounts)[];

function isOver({ state }: ImportRun): boolean {
  return state !== "waiting" && state !== "running";
}

/** The report by line, page after page. */
function problemsOf(runId: string) {
  const items = signal<readonly ImportProblem[]>([]);
  const next = signal<string | null>(null);
  const isLoading = signal(true);
  const error = signal<Error | null>(null);
  async function load(cursor: string | null) {
    isLoading.value = true;
    error.value = null;
    try {
      const page = await listProblems(runId, cursor);
      items.value = cursor === null ? page.items : [...items.peek(), ...page.items];
      next.value = page.next;
    } catch (problem) {
      if (!(problem instanceof Error)) throw problem;
      error.value = problem;
    } finally {
      isLoading.value = false;
    }
  }
  return { items, next, isLoading, error, load };
}

function Problems({ run }: { run: ImportRun }) {
  const list = useMemo(() => problemsOf(run.id), [run.id]);
  const found = run.counts.errors + run.counts.warnings;
  useEffect(() => void list.load(null), [list, isOver(run)]);
  if (list.error.value) return <p class="ui-error">{wordsFor(list.error.value)}</p>;
  if (list.items.value.length === 0) {
    if (list.isLoading.value && found > 0) return <Skeleton />;
    return isOver(run) ? <p class="quiet">{t("import.noProblems")}</p> : null;
  }
  return (
    <>
      <table class="order-lines">
        <caption class="visually-hidden">{t("import.report")}</caption>
        <thead>
          <tr>
            <th scope="col">{t("import.line")}</th>
            <th scope="col">{t("import.field")}</th>
            <th scope="col">{t("import.reason")}</th>
          </tr>
        </thead>
        <tbody>
          {list.items.value.map((problem) => (
            <tr key={problem.number}>
              <td>{formats().number(problem.line)}</td>
              <td>{problem.field}</td>
              <td>
                {problem.message}{" "}
                {!problem.is_error && <Badge tone="warn">{t("import.warning")}</Badge>}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      {list.next.value && (
        <Button busy={list.isLoading.value} onClick={() => list.load(list.next.value)}>
          {t("import.more")}
        </Button>
      )}
    </>
  );
}

function Progress({ run }: { run: ImportRun }) {
  const act = useAct();
  return (
    <div class="stack">
      <progress
        class="progress"
        max={1000}
        value={run.progress}
        aria-label={t("import.progress")}
      />
      <div class="row spread">
        <span class="quiet">{formats().percent(run.progress / 1000)}</span>
        <Button
          small
          busy={act.isBusy}
          onClick={() => act.run(async () => takeRun(await cancelImport(run.id)))}
        >
          {t("action.cancel")}
        </Button>
      </div>
    </div>
  );
}

function ForGood({ run }: { run: ImportRun }) {
  const act = useAct();
  const file = fileOf(run.id);
  if (!run.is_dry_run || run.state !== "done") return null;
  if (!file) return <p class="quiet">{t("import.chooseAgain")}</p>;
  return (
    <div>
      <Button
        look="primary"
        busy={act.isBusy}
        onClick={() =>
          act.run(async () => {
            const again = await begin(file, false);
            go({ page: "imports", id: again.id });
          })
        }
      >
        {t("import.forGood")}
      </Button>
    </div>
  );
}

/** How one import gets on, and what was wrong in which line. */
export function ImportReport({ run }: { run: ImportRun }) {
  return (
    <>
      <header class="pane-head">
        <a class="ui-icon-button narrow-only" href="/desk/imports" aria-label={t("action.back")}>
          <Icon of={back} />
        </a>
        <h2 class="grow">{run.file_name}</h2>
        <ImportStateBadge run={run} />
      </header>
      <div class="pane-scroll">
        <div class="order stack">
          {run.is_dry_run && <Banner tone="action">{t("import.dryRunText")}</Banner>}
          {run.problem && <Banner tone="bad">{run.problem}</Banner>}
          {!isOver(run) && <Progress run={run} />}
          <dl class="import-counts">
            {COUNTS.map((key) => (
              <div key={key}>
                <dt>{t(`import.count.${key}`)}</dt>
                <dd>{formats().number(run.counts[key])}</dd>
              </div>
            ))}
          </dl>
          <ForGood run={run} />
          <h3>{t("import.report")}</h3>
          <Problems run={run} />
        </div>
      </div>
    </>
  );
}
