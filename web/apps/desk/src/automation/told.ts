import { showToast } from "@stoa/ui";
import { callAttention } from "../app/attention.ts";
import { follow } from "../app/live.ts";
import { go } from "../app/router.ts";
import { t } from "../app/texts.ts";

/** Hears what rules and webhooks tell this one person, on every page. */
export function hearTold(staffId: string): () => void {
  return follow(`told:${staffId}`, null, {
    onEvent: ({ type, data }) => {
      if (type === "staff.told") {
        const open = () => go({ page: "inbox", view: "all", id: data.conversation_id });
        const name = data.contact_name || t("conversation.visitor");
        const text = t("told.look", { rule: data.rule_name, name });
        showToast({ text, undo: { label: t("told.open"), run: open } });
        callAttention(data.rule_name, data.preview, open);
      } else if (type === "webhook.stopped") {
        showToast({ text: t("told.stopped", { name: data.name }), tone: "bad" });
      }
    },
  });
}
