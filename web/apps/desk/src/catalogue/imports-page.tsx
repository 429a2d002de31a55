import back from "lucide:arrow-left";
import cloudOff from "lucide:cloud-off";
import upload from "lucide:upload";
import { useSignal } from "@preact/signals";
import { Badge, Button, Checkbox, Empty, Icon, Skeleton, type Tone } from "@stoa/ui";
import { useEffect, useRef } from "preact/hooks";
import type { ImportRun } from "../api/imports.ts";
import { perform } from "../app/act.ts";
import { wordsFor } from "../app/form.ts";
import { Panes } from "../app/panes.tsx";
import { go } from "../app/router.ts";
import { formats, t } from "../app/texts.ts";
import { ImportReport } from "./import-report.tsx";
import { begin, hearImports, imports, isUploading } from "./imports-store.ts";

const TONES: Record<ImportRun["state"], Tone> = {
  waiting: "neutral",
  running: "action",
  done: "good",
  failed: "bad",
  cancelled: "neutral",
};

export function ImportStateBadge({ run }: { run: ImportRun }) {
  return <Badge tone={TONES[run.state]}>{t(`import.${run.state}`)}</Badge>;
}

function Drop() {
  const input = useRef<HTMLInputElement>(null);
  const isDryRun = useSignal(true);
  const isOver = useSignal(false);
  const take = (file: File | null | undefined) => {
    if (!file) return;
    void perform(async () => {
      const run = await begin(file, isDryRun.value);
      go({ page: "imports", id: run.id });
    });
  };
  return (
    <section
      class={`drop ${isOver.value ? "is-over" : ""}`}
      aria-label={t("import.new")}
      onDragOver={(event) => {
        event.preventDefault();
        isOver.value = true;
      }}
      onDragLeave={() => (isOver.value = false)}
      onDrop={(event) => {
        event.preventDefault();
        isOver.value = false;
        take(event.dataTransfer?.files[0]);
      }}
    >
      <p>{t("import.text")}</p>
      <Checkbox
        label={t("import.dryRun")}
        checked={isDryRun.value}
        onChange={(isChecked) => (isDryRun.value = isChecked)}
      />
      <Button
        look="primary"
        icon={upload}
        busy={isUploading.value}
        onClick={() => input.current?.click()}
      >
        {isUploading.value ? t("upload.running") : t("import.choose")}
      </Button>
      <input
        ref={input}
        type="file"
        hidden
        accept=".csv,.tsv,.txt,.xml"
        onChange={(event) => {
          take(event.currentTarget.files?.[0]);
          event.currentTarget.value = "";
        }}
      />
    </section>
  );
}

function RunLink({ run, isCurrent }: { run: ImportRun; isCurrent: boolean }) {
  return (
    <a
      class={`import-row ${isCurrent ? "is-selected" : ""}`}
      href={`/desk/imports/${run.id}`}
      aria-current={isCurrent ? "page" : undefined}
    >
      <span class="conversation-row-head">
        <span class="conversation-row-name">{run.file_name}</span>
        <time class="quiet" dateTime={run.created_at}>
          {formats().moment(run.created_at)}
        </time>
      </span>
      <span class="row">
        <ImportStateBadge run={run} />
        {run.is_dry_run && <span class="tag">{t("import.dryRunShort")}</span>}
        {run.counts.errors > 0 && (
          <span class="quiet">{t("import.errors", { count: run.counts.errors })}</span>
        )}
      </span>
    </a>
  );
}

/** Products out of other shops' files: the files so far, and the report of one. */
export function ImportsPage({ id }: { id: string | null }) {
  useEffect(hearImports, []);
  const { value, error } = imports.state.value;
  const chosen = value?.items.find((run) => run.id === id);
  return (
    <Panes
      listLabel={t("nav.imports")}
      hasChosen={id !== null}
      list={
        <>
          <header class="pane-head">
            <a class="ui-icon-button" href="/desk/catalogue" aria-label={t("nav.catalogue")}>
              <Icon of={back} />
            </a>
            <h1>{t("nav.imports")}</h1>
          </header>
          <div class="pane-scroll stack">
            <Drop />
            {error && !value && (
              <Empty icon={cloudOff} title={wordsFor(error)}>
                <Button onClick={imports.load}>{t("action.retry")}</Button>
              </Empty>
            )}
            {!value && !error && <Skeleton lines={4} />}
            <nav aria-label={t("import.earlier")} class="block-list">
              {value?.items.map((run) => (
                <RunLink key={run.id} run={run} isCurrent={run.id === id} />
              ))}
            </nav>
          </div>
        </>
      }
      main={
        chosen ? (
          <ImportReport key={chosen.id} run={chosen} />
        ) : (
          <Empty icon={upload} title={t("import.none")}>
            {t("import.formats")}
          </Empty>
        )
      }
    />
  );
}
