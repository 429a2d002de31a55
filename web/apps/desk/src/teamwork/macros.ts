import { showToast } from "@stoa/ui";
import { readSide } from "../api/conversations.ts";
import type { Macro } from "../api/teamwork.ts";
import { perform } from "../app/act.ts";
import type { Shortcut } from "../app/keyboard.ts";
import { t } from "../app/texts.ts";
import { composerOf } from "../conversations/composer-store.ts";
import { rowOf } from "../conversations/list-store.ts";
import { written } from "../conversations/saved-replies.ts";
import { me, shopOf, start } from "../session/store.ts";
import { actOn } from "./acts.ts";
import { ask } from "./gate.tsx";

export function macrosOf(shopId: string | undefined): Macro[] {
  return (start.value?.macros ?? []).filter((macro) => macro.shop_id === shopId);
}

/** Returns a saved reply with everything filled in that is known of a conversation. */
export async function filledReply(replyId: string, conversationId: string): Promise<string> {
  const reply = start.peek()?.saved_replies.find(({ id }) => id === replyId);
  const row = rowOf(conversationId);
  if (!reply || !row) return "";
  // Only a reply that names the order has to be waited for.
  const needsOrder = Object.values(reply.bodies).some((body) => /\{\{\s*order\s*\}\}/.test(body));
  const side = needsOrder ? await readSide(conversationId) : null;
  return written(reply, row.locale, {
    customer: row.contact_name,
    first_name: row.contact_name.trim().split(/\s+/)[0] ?? "",
    email: row.contact_email ?? "",
    agent: me.peek()?.name ?? "",
    shop: shopOf(row.shop_id)?.name ?? "",
    page: row.page_url,
    subject: row.subject,
    order: side?.orders[0]?.number ?? "",
  });
}

/** Runs a macro. With a reply it waits in the composer, and what else it does waits with it until
 * the reply is sent; without one it is done at once, and can be taken back. */
export async function runMacro(macro: Macro, ids: readonly string[]): Promise<void> {
  const [first] = ids;
  const composer = ids.length === 1 && first ? composerOf(first) : null;
  if (macro.reply_id && !(composer && first)) {
    showToast({ text: t("macros.needsComposer"), tone: "bad" });
    return;
  }
  if (macro.reply_id && composer && first) {
    const replyId = macro.reply_id;
    await perform(async () => {
      composer.stage({ name: macro.name, acts: macro.acts }, await filledReply(replyId, first));
      document.querySelector<HTMLTextAreaElement>(".composer-writing textarea")?.focus();
    });
    return;
  }
  if (macro.acts.length) await actOn(ids, macro.acts, t("macros.done", { name: macro.name }));
}

/** The key of a conversation's macros; in the list that opens, a digit runs one of them. */
export function macroShortcut(conversationId: string): Shortcut {
  return {
    keys: "m",
    label: () => t("macros.run"),
    group: () => t("group.conversation"),
    run: () => ask("macros", [conversationId]),
  };
}
