import messages from "lucide:messages-square";
import { Empty } from "@stoa/ui";
import { useLayoutEffect } from "preact/hooks";
import { readLongestWaiting } from "../api/conversations.ts";
import { perform } from "../app/act.ts";
import { addShortcuts } from "../app/keyboard.ts";
import { Panes } from "../app/panes.tsx";
import { go, route, VIEWS, type View } from "../app/router.ts";
import { t } from "../app/texts.ts";
import { CustomerSide } from "../radar/customer-side.tsx";
import { undoLastAct } from "../teamwork/acts.ts";
import { marked, markTo, toggleMark } from "../teamwork/selection.ts";
import { Conversation } from "./conversation.tsx";
import { ConversationList } from "./list.tsx";
import { listOf, rowOf, takeRows } from "./list-store.ts";
import { isStaged, Stage } from "./stage.tsx";

/** Returns the conversation one has gone to last. A held key comes faster than pages are drawn,
 * so what is on the screen does not say it. */
function latestId(): string | null {
  const at = route.peek();
  return at.page === "inbox" ? at.id : null;
}

/** Opens the conversation after or before this one. */
function step(view: View, by: 1 | -1) {
  const id = latestId();
  const rows = listOf(view).peek();
  const index = rows.findIndex((row) => row.id === id);
  const next = rows[index === -1 ? 0 : index + by];
  if (next) go({ page: "inbox", view, id: next.id });
}

/** Marks this conversation and the one after or before it, which is opened. */
function markStep(view: View, by: 1 | -1) {
  const before = latestId();
  if (before && !marked.peek().has(before)) toggleMark(before);
  step(view, by);
  const after = latestId();
  const order = listOf(view)
    .peek()
    .map((row) => row.id);
  if (after && after !== before) markTo(after, order);
}

/** Opens the conversation whose customer has waited longest, mine or nobody's. It may stand far
 * below the rows that were fetched. */
async function openLongestWaiting() {
  const { conversation } = await readLongestWaiting();
  if (!conversation) return;
  takeRows([conversation]);
  go({ page: "inbox", view: "all", id: conversation.id });
}

function useShortcuts(view: View) {
  useLayoutEffect(() => {
    const group = () => t("group.list");
    const labels = [
      "view.mine",
      "view.unassigned",
      "view.all",
      "view.snoozed",
      "view.closed",
      "view.due",
    ] as const;
    return addShortcuts([
      { keys: "j", label: () => t("list.next"), group, run: () => step(view, 1) },
      { keys: "k", label: () => t("list.previous"), group, run: () => step(view, -1) },
      {
        keys: "x",
        label: () => t("bulk.mark"),
        group,
        run: () => {
          const id = latestId();
          if (id) toggleMark(id);
        },
      },
      ...([1, -1] as const).map((by) => ({
        keys: by === 1 ? "shift+j" : "shift+k",
        label: () => t(by === 1 ? "bulk.markNext" : "bulk.markPrevious"),
        group,
        run: () => markStep(view, by),
      })),
      { keys: "u", label: () => t("bulk.undo"), group, run: () => void undoLastAct() },
      {
        keys: "n",
        label: () => t("list.longest"),
        group,
        run: () => void perform(openLongestWaiting),
      },
      ...VIEWS.map((candidate, index) => ({
        keys: String(index + 1),
        label: () => t(labels[index] ?? "view.all"),
        group,
        run: () => go({ page: "inbox", view: candidate, id: null }),
      })),
    ]);
  }, [view]);
}

/** The inbox: list, conversation, the customer's side. */
export function InboxPage({ view, id }: { view: View; id: string | null }) {
  useShortcuts(view);
  const row = id ? rowOf(id) : null;
  return (
    <Panes
      listLabel={t("nav.inbox")}
      list={<ConversationList view={view} selectedId={id} />}
      hasChosen={id !== null}
      main={
        id ? (
          <Conversation key={id} id={id} view={view} />
        ) : (
          <Empty icon={messages} title={t("conversation.none")}>
            <p>{t("conversation.noneNext")}</p>
          </Empty>
        )
      }
      stageLabel={t("stage.label")}
      stage={id && row && isStaged(row) ? <Stage key={id} row={row} /> : undefined}
      sideLabel={t("side.label")}
      side={id && row ? <CustomerSide key={id} row={row} /> : undefined}
    />
  );
}
