import type { Act, Macro } from "../api/teamwork.ts";
import { formats, t } from "../app/texts.ts";
import { staff, start } from "../session/store.ts";
import { tagOf } from "./tags.ts";

function tagNames(ids: readonly string[]): string {
  return ids.flatMap((id) => tagOf(id)?.name ?? []).join(", ");
}

function wordsOf(act: Act): string {
  switch (act.do) {
    case "assign": {
      const person = staff.value.find(({ id }) => id === act.staff_id);
      return t("act.assign", { name: person?.name ?? t("bulk.nobody") });
    }
    case "assign_me":
      return t("act.assignMe");
    case "tag":
      return t("act.tag", { list: tagNames(act.tag_ids) });
    case "untag":
      return t("act.untag", { list: tagNames(act.tag_ids) });
    case "close":
      return t("conversation.close");
    case "reopen":
      return t("conversation.reopen");
    case "snooze":
      return t("snooze.untilAnswer");
    case "snooze_for":
      return t("act.snoozeFor", { time: formats().duration(act.minutes * 60) });
    case "wake":
      return t("snooze.wake");
  }
}

/** What a macro does, in words. */
export function actWords(macro: Pick<Macro, "reply_id" | "acts">): string {
  const reply = start.value?.saved_replies.find(({ id }) => id === macro.reply_id);
  const words = macro.acts.map(wordsOf);
  return [...(reply ? [`/${reply.shortcut}`] : []), ...words].join(" · ");
}
