import coffee from "lucide:coffee";
import { Empty, Skeleton, VirtualList } from "@stoa/ui";
import { useCallback, useEffect } from "preact/hooks";
import { Failed } from "../app/failed.tsx";
import { go, VIEWS, type View } from "../app/router.ts";
import { formats, t } from "../app/texts.ts";
import { counts, listOf, loadMore, pagingOf } from "./list-store.ts";
import { ConversationRowView, ROW_HEIGHT } from "./row.tsx";

const LABELS = {
  mine: "view.mine",
  unassigned: "view.unassigned",
  all: "view.all",
  closed: "view.closed",
} as const;
const EMPTIES = {
  mine: "view.mineEmpty",
  unassigned: "view.unassignedEmpty",
  all: "view.allEmpty",
  closed: "view.closedEmpty",
} as const;

function Tabs({ view }: { view: View }) {
  return (
    <nav class="tabs" aria-label={t("view.label")}>
      {VIEWS.map((candidate) => {
        const count =
          candidate === "mine" || candidate === "unassigned" ? counts.value[candidate] : 0;
        return (
          <a
            key={candidate}
            href={`/desk/inbox/${candidate}`}
            aria-current={candidate === view ? "page" : undefined}
          >
            {t(LABELS[candidate])}
            {count > 0 && <span class="tab-count">{formats().number(count)}</span>}
          </a>
        );
      })}
    </nav>
  );
}

/** The left pane: the views and the conversations of one of them. */
export function ConversationList({ view, selectedId }: { view: View; selectedId: string | null }) {
  useEffect(() => {
    if (pagingOf(view).peek()?.next === undefined) void loadMore(view);
  }, [view]);
  const onEnd = useCallback(() => {
    const { next, error } = pagingOf(view).peek() ?? {};
    if (next && !error) void loadMore(view);
  }, [view]);
  const rows = listOf(view).value;
  const isLoading = pagingOf(view).value?.isLoading;
  const error = pagingOf(view).value?.error;
  return (
    <>
      <header class="pane-head">
        <h1>{t("nav.inbox")}</h1>
      </header>
      <Tabs view={view} />
      <div class="pane-fill">
        {rows.length > 0 && (
          <VirtualList
            items={rows}
            label={t(LABELS[view])}
            rowHeight={ROW_HEIGHT}
            keyOf={(row) => row.id}
            selectedKey={selectedId}
            onSelect={(row) => go({ page: "inbox", view, id: row.id })}
            onEnd={onEnd}
          >
            {(row) => <ConversationRowView row={row} />}
          </VirtualList>
        )}
        {rows.length === 0 && isLoading && <Skeleton lines={8} />}
        {rows.length === 0 && !isLoading && !error && (
          <Empty icon={coffee} title={t(EMPTIES[view])} />
        )}
        {error && <Failed error={error} retry={() => loadMore(view)} />}
      </div>
    </>
  );
}
