import alarm from "lucide:alarm-clock";
import check from "lucide:check";
import clock from "lucide:clock";
import mail from "lucide:mail";
import { Avatar, Badge, Icon } from "@stoa/ui";
import type { ConversationRow } from "../api/conversations.ts";
import { now } from "../app/clock.ts";
import { formats, t } from "../app/texts.ts";
import { me } from "../session/store.ts";
import { marked } from "../teamwork/selection.ts";
import { TagChips } from "../teamwork/tag-chips.tsx";
import { readDraft } from "./drafts.ts";
import { Due } from "./due.tsx";

export const ROW_HEIGHT = 76;

/** The name a conversation goes by. */
export function titleOf(row: Pick<ConversationRow, "contact_name" | "contact_email">): string {
  return row.contact_name || row.contact_email || t("conversation.visitor");
}

function Waiting({ since }: { since: string }) {
  const seconds = (now.value - Date.parse(since)) / 1000;
  const tone = seconds > 300 ? "bad" : seconds > 60 ? "warn" : "neutral";
  return (
    <Badge tone={tone} icon={clock}>
      <span class="visually-hidden">{t("conversation.waiting")} </span>
      {seconds < 3600 ? formats().duration(seconds) : formats().relative(since)}
    </Badge>
  );
}

/** When it comes back, or that it has come back and why. */
function Aside({ row }: { row: ConversationRow }) {
  if (row.snoozed_at) {
    const until = row.snoozed_until;
    return (
      <span class="tag">
        <Icon of={alarm} size={12} label={t("snooze.aside")} />
        {until ? formats().moment(until) : t("snooze.untilAnswerShort")}
      </span>
    );
  }
  if (!row.woke_by) return null;
  return (
    <Badge tone="action" icon={alarm}>
      {t(row.woke_by === "time" ? "snooze.back" : "snooze.answered")}
    </Badge>
  );
}

/** One conversation in the list: who, the last words, since when, whose it is. */
export function ConversationRowView({ row }: { row: ConversationRow }) {
  const draft = readDraft(row.id).text;
  const name = titleOf(row);
  const isMine = row.assignee_id === me.value?.id;
  const isMarked = marked.value.has(row.id);
  const speaker =
    row.last_sender_kind === "agent" ? `${row.assignee_name ?? t("role.agent")}: ` : "";
  return (
    <div
      class={`conversation-row ${row.unread_count > 0 ? "is-unread" : ""} ${isMarked ? "is-marked" : ""}`}
    >
      {isMarked ? (
        <span class="row-mark">
          <Icon of={check} size={20} label={t("bulk.isMarked")} />
        </span>
      ) : (
        <Avatar name={name} size={36} />
      )}
      <div class="conversation-row-text">
        <div class="conversation-row-head">
          <span class="conversation-row-name">{name}</span>
          <time class="quiet" dateTime={row.last_message_at}>
            {formats().moment(row.last_message_at)}
          </time>
        </div>
        <p class="conversation-row-preview">
          {draft ? (
            <>
              <span class="accent">{t("conversation.draft")}</span> {draft}
            </>
          ) : (
            speaker + row.last_message_preview
          )}
        </p>
        <div class="conversation-row-foot">
          <span class="tag">{row.locale.toUpperCase()}</span>
          {row.is_offline && (
            <span class="tag">
              <Icon of={mail} size={12} label={t("conversation.offline")} />
            </span>
          )}
          {row.assignee_name && !isMine && <span class="tag">{row.assignee_name}</span>}
          <TagChips row={row} most={2} />
          <span class="grow" />
          {row.unread_count > 0 && (
            <span class="unread-count">
              <span aria-hidden="true">{row.unread_count}</span>
              <span class="visually-hidden">
                {t("conversation.unread", { count: row.unread_count })}
              </span>
            </span>
          )}
          <Aside row={row} />
          {row.due_at ? (
            <Due row={row} />
          ) : (
            row.waiting_since && row.state === "open" && <Waiting since={row.waiting_since} />
          )}
        </div>
      </div>
    </div>
  );
}
