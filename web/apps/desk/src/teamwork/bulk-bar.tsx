import alarm from "lucide:alarm-clock";
import archive from "lucide:archive";
import ellipsis from "lucide:ellipsis";
import tag from "lucide:tag";
import user from "lucide:user-round-pen";
import close from "lucide:x";
import { Icon, IconButton, Menu } from "@stoa/ui";
import { useEffect } from "preact/hooks";
import type { Act } from "../api/teamwork.ts";
import { addShortcuts } from "../app/keyboard.ts";
import { t } from "../app/texts.ts";
import { actOn } from "./acts.ts";
import { type Asked, ask } from "./gate.tsx";
import { clearMarks, marked } from "./selection.ts";

async function run(acts: Act[]) {
  if (await actOn([...marked.peek()], acts)) clearMarks();
}

/** What can be done with all marked conversations at once. */
export function BulkBar() {
  const ids = [...marked.value];
  const open = (what: Asked["what"]) => ask(what, ids);
  useEffect(
    () =>
      addShortcuts([
        {
          keys: "escape",
          label: () => t("bulk.clear"),
          group: () => t("group.list"),
          run: clearMarks,
        },
      ]),
    [],
  );
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
