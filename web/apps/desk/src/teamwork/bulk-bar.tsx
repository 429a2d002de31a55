import alarm from "lucide:alarm-clock";
import archive from "lucide:archive";
import ellipsis from "lucide:ellipsis";
import tag from "lucide:tag";
import user from "lucide:user-round-pen";
import close from "lucide:x";
import { Button, Icon, IconButton, Menu } from "@stoa/ui";
import { useLayoutEffect } from "preact/hooks";
import type { Act } from "../api/teamwork.ts";
import { addShortcuts } from "../app/keyboard.ts";
import type { View } from "../app/router.ts";
import { t } from "../app/texts.ts";
import { listOf, loadMore, pagingOf } from "../conversations/list-store.ts";
import { actOn, running, stopActs } from "./acts.ts";
import { type Asked, ask } from "./gate.tsx";
import { clearMarks, MARKED_MAX, markAll, marked } from "./selection.ts";

async function run(acts: Act[]) {
  if (await actOn([...marked.peek()], acts)) clearMarks();
}

/** Marks what a view shows, from its top, as many as can be changed at once. */
async function markView(view: View) {
  while (listOf(view).peek().length < MARKED_MAX) {
    const before = pagingOf(view).peek().next;
    if (before === null) break;
    await loadMore(view);
    if (pagingOf(view).peek().next === before) break;
  }
  markAll(
    listOf(view)
      .peek()
      .map(({ id }) => id),
  );
}

/** How far it has come, and a way to leave the rest. */
function Running({ done, total }: { done: number; total: number }) {
  return (
    <div class="bulk-bar" role="toolbar" aria-label={t("bulk.label")}>
      <span>{t("bulk.running", { done, total })}</span>
      <progress class="progress" max={total} value={done} aria-label={t("bulk.label")} />
      <Button small onClick={stopActs}>
        {t("bulk.stop")}
      </Button>
    </div>
  );
}

/** What can be done with all marked conversations at once. */
export function BulkBar({ view }: { view: View }) {
  const ids = [...marked.value];
  const open = (what: Asked["what"]) => ask(what, ids);
  useLayoutEffect(
    () =>
      addShortcuts([
        {
          keys: "escape",
          label: () => t("bulk.clear"),
          group: () => t("group.list"),
          run: () => (running.peek() ? stopActs() : clearMarks()),
        },
      ]),
    [],
  );
  if (running.value) return <Running {...running.value} />;
  return (
    <div class="bulk-bar" role="toolbar" aria-label={t("bulk.label")}>
      <span class="grow" aria-live="polite">
        {t("bulk.count", { count: ids.length })}
      </span>
      <IconButton icon={user} label={t("bulk.assign")} onClick={() => open("assign")} />
      <IconButton icon={tag} label={t("bulk.tag")} onClick={() => open("tags")} />
      <IconButton icon={alarm} label={t("bulk.snooze")} onClick={() => open("snooze")} />
      <IconButton
        icon={archive}
        label={t("conversation.close")}
        onClick={() => run([{ do: "close" }])}
      />
      <Menu
        label={t("action.more")}
        items={[
          { label: t("bulk.all", { count: MARKED_MAX }), run: () => void markView(view) },
          { label: t("conversation.reopen"), run: () => void run([{ do: "reopen" }]) },
          { label: t("snooze.wake"), run: () => void run([{ do: "wake" }]) },
          { label: t("macros.run"), run: () => open("macros") },
        ]}
      >
        <Icon of={ellipsis} />
      </Menu>
      <IconButton icon={close} label={t("bulk.clear")} onClick={clearMarks} />
    </div>
  );
}
