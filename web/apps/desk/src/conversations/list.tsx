import coffee from "lucide:coffee";
import searchIcon from "lucide:search";
import searchX from "lucide:search-x";
import { Empty, Icon, Skeleton, TextField, VirtualList } from "@stoa/ui";
import { useCallback, useEffect } from "preact/hooks";
import type { ConversationRow } from "../api/conversations.ts";
import { Failed } from "../app/failed.tsx";
import { addShortcuts } from "../app/keyboard.ts";
import { go, VIEWS, type View } from "../app/router.ts";
import { formats, t } from "../app/texts.ts";
import {
  counts,
  isSearching,
  listOf,
  loadMore,
  pagingOf,
  rowOf,
  search,
  searchError,
  searchHits,
  searchWish,
} from "./list-store.ts";
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

const TYPING_PAUSE_MS = 200;

function SearchField({ view }: { view: View }) {
  useEffect(() => {
    const timer = setTimeout(search, TYPING_PAUSE_MS, view);
    return () => clearTimeout(timer);
  }, [view, searchWish.value]);
  useEffect(
    () =>
      addShortcuts([
        {
          keys: "/",
          label: () => t("list.search"),
          group: () => t("group.list"),
          run: () => document.getElementById("conversation-search")?.focus(),
        },
      ]),
    [],
  );
  return (
    <div class="pane-search">
      <Icon of={searchIcon} size={16} />
      <TextField
        id="conversation-search"
        label={t("list.search")}
        hideLabel
        type="search"
        placeholder={t("list.search")}
        value={searchWish.value}
        onInput={(event) => (searchWish.value = event.currentTarget.value)}
      />
    </div>
  );
}

/** What the list shows: the hits of a search, newer states of them included, or the view. */
function shownRows(view: View): readonly ConversationRow[] {
  if (!searchWish.value.trim()) return listOf(view).value;
  return searchHits.value.map((row) => rowOf(row.id) ?? row);
}

/** The left pane: the views and the conversations of one of them. */
export function ConversationList({ view, selectedId }: { view: View; selectedId: string | null }) {
  useEffect(() => {
    if (pagingOf(view).peek()?.next === undefined) void loadMore(view);
  }, [view]);
  const hasWish = searchWish.value.trim() !== "";
  const onEnd = useCallback(() => {
    const { next, error } = pagingOf(view).peek() ?? {};
    if (next && !error && !searchWish.peek().trim()) void loadMore(view);
  }, [view]);
  const rows = shownRows(view);
  const isLoading = hasWish ? isSearching.value : pagingOf(view).value?.isLoading;
  const error = hasWish ? searchError.value : pagingOf(view).value?.error;
  return (
    <>
      <header class="pane-head">
        <h1>{t("nav.inbox")}</h1>
      </header>
      <SearchField view={view} />
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
          <Empty
            icon={hasWish ? searchX : coffee}
            title={t(hasWish ? "list.nothingFound" : EMPTIES[view])}
          />
        )}
        {error && <Failed error={error} retry={() => (hasWish ? search(view) : loadMore(view))} />}
      </div>
    </>
  );
}
