import { Button, Skeleton } from "@stoa/ui";
import { useEffect, useMemo } from "preact/hooks";
import { type Run, readRuns, undoRun } from "../api/automation.ts";
import { useAct } from "../app/act.ts";
import { Failed } from "../app/failed.tsx";
import { pathOf } from "../app/router.ts";
import { formats } from "../app/texts.ts";
import { Deeds } from "./deeds.tsx";
import { paged } from "./paged.ts";
import { at } from "./texts.ts";

function RunRow({ run, reload }: { run: Run; reload: () => void }) {
  const act = useAct();
  return (
    <li class="block-row">
      <span class="grow">
        <a href={pathOf({ page: "inbox", view: "all", id: run.conversation_id })}>
          {run.contact_name || at("dry.somebody")}
        </a>{" "}
        <span class="quiet">{formats().dateTime(run.at)}</span>
        <Deeds deeds={run.deeds} />
        {run.undone_at && <span class="quiet">{at("undone")}</span>}
      </span>
      {run.can_undo && (
        <Button
          small
          busy={act.isBusy}
          onClick={() =>
            act.run(async () => {
              await undoRun(run.id);
              reload();
            })
          }
        >
          {at("undo")}
        </Button>
      )}
    </li>
  );
}

/** What the rule did, the newest first. */
export function RunsPart({ ruleId, version }: { ruleId: string; version: unknown }) {
  const list = useMemo(() => paged<Run>((cursor) => readRuns(ruleId, cursor)), [ruleId]);
  useEffect(() => void list.load(null), [list, version]);
  const { value } = list.items;
  return (
    <section class="stack">
      <h3>{at("runs.title")}</h3>
      {list.error.value && <Failed error={list.error.value} retry={() => list.load(null)} small />}
      {!value && list.isLoading.value && <Skeleton lines={3} />}
      {value?.length === 0 && <p class="quiet">{at("runs.none")}</p>}
      <ul class="block-list">
        {value?.map((run) => (
          <RunRow key={run.id} run={run} reload={() => void list.load(null)} />
        ))}
      </ul>
      {list.next.value && (
        <Button busy={list.isLoading.value} onClick={() => list.load(list.next.value)}>
          {at("runs.more")}
        </Button>
      )}
    </section>
  );
}
