import coffee from "lucide:coffee";
import check from "lucide:list-checks";
import searchIcon from "lucide:search";
import { Empty, Icon, IconButton, Skeleton, VirtualList } from "@stoa/ui";
import { useCallback, useEffect } from "preact/hooks";
import { Failed } from "../app/failed.tsx";
import { lazily } from "../app/lazy.tsx";
import { go, VIEWS, type View } from "../app/router.ts";
import { t } from "../app/texts.ts";
import { clearMarks, isMarking, marked, markTo, toggleMark } from "../teamwork/selection.ts";
import { countText, ViewList } from "../teamwork/view-list.tsx";
import { savedView } from "../teamwork/views.ts";
import { counts, isFresh, listOf, loadMore, pagingOf } from "./list-store.ts";
import { ConversationRowView, ROW_HEIGHT } from "./row.tsx";

const bulkBar = lazily(async () => (await import("../teamwork/bulk-bar.tsx")).BulkBar);

const LABELS = {
  mine: "view.mine",
  unassigned: "view.unassigned",
  all: "view.all",
  due: "view.due",
  snoozed: "view.snoozed",
  closed: "view.closed",
} as const;
const EMPTIES = {
  mine: "view.mineEmpty",
  unassigned: "view.unassignedEmpty",
  all: "view.allEmpty",
  due: "view.dueEmpty",
  snoozed: "view.snoozedEmpty",
  closed: "view.closedEmpty",
} as const;

type BuiltIn = keyof typeof LABELS;

/** What a view is called; a saved one goes by its name. */
function nameOf(view: View): string {
  return savedView(view)?.name ?? t(LABELS[view as BuiltIn] ?? "view.label");
}

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
            {count > 0 && <span class="tab-count">{countText(count)}</span>}
          </a>
        );
      })}
    </nav>
  );
}

function Tools() {
  return (
    <>
      <IconButton
        icon={check}
        label={t("bulk.select")}
        shortcut="X"
        aria-pressed={isMarking.value}
        onClick={() => (isMarking.value ? clearMarks() : (isMarking.value = true))}
      />
      <a
        class="ui-icon-button"
        href="/desk/search"
        title={`${t("nav.search")} (/)`}
        aria-label={t("nav.search")}
        aria-keyshortcuts="/"
      >
        <Icon of={searchIcon} />
      </a>
    </>
  );
}

/** The left pane: the views and the conversations of one of them. */
export function ConversationList({ view, selectedId }: { view: View; selectedId: string | null }) {
  const paging = pagingOf(view).value;
  const { isLoading, error } = paging;
  const isUnasked = isFresh(paging);
  // Also when everything was forgotten while it was open.
  useEffect(() => {
    if (isUnasked) void loadMore(view);
  }, [view, isUnasked]);
  // What one marked is not there for whoever signs in next.
  useEffect(() => clearMarks, []);
  const onEnd = useCallback(() => {
    const { next, error } = pagingOf(view).peek() ?? {};
    if (next && !error) void loadMore(view);
  }, [view]);
  const rows = listOf(view).value;
  return (
    <>
      <header class="pane-head">
        <h1 class="grow">{t("nav.inbox")}</h1>
        <Tools />
      </header>
      <Tabs view={view} />
      <ViewList view={view} />
      <div class="pane-fill">
        {rows.length > 0 && (
          <VirtualList
            items={rows}
            label={nameOf(view)}
            rowHeight={ROW_HEIGHT}
            keyOf={(row) => row.id}
            selectedKey={selectedId}
            onSelect={(row) => go({ page: "inbox", view, id: row.id })}
            onEnd={onEnd}
            isMarking={isMarking.value}
            onMark={(row, isRange) => {
              if (isRange)
                markTo(
                  row.id,
                  rows.map(({ id }) => id),
                );
              else toggleMark(row.id);
            }}
          >
            {(row) => <ConversationRowView row={row} />}
          </VirtualList>
        )}
        {rows.length === 0 && (isLoading || isUnasked) && <Skeleton lines={8} />}
        {rows.length === 0 && !isLoading && !isUnasked && !error && (
          <Empty icon={coffee} title={t(EMPTIES[view as BuiltIn] ?? "views.empty")} />
        )}
        {error && <Failed error={error} retry={() => loadMore(view)} />}
      </div>
      {marked.value.size > 0 && <bulkBar.View view={view} />}
    </>
  );
}
