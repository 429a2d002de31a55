import alarm from "lucide:alarm-clock";
import archive from "lucide:archive";
import back from "lucide:arrow-left";
import download from "lucide:download";
import ellipsis from "lucide:ellipsis";
import hand from "lucide:hand";
import monitor from "lucide:monitor";
import listIcon from "lucide:panel-left";
import panel from "lucide:panel-right";
import tagIcon from "lucide:tag";
import transfer from "lucide:user-round-pen";
import zap from "lucide:zap";
import { useSignal } from "@preact/signals";
import { Button, Dialog, Icon, IconButton, Menu, TextArea } from "@stoa/ui";
import { useLayoutEffect } from "preact/hooks";
import { type ConversationRow, transcriptUrl } from "../api/conversations.ts";
import { perform, useAct } from "../app/act.ts";
import { addShortcuts } from "../app/keyboard.ts";
import { isListOpen, isSideFolded, isSideOpen, isStageOpen, toggleSide } from "../app/panes.tsx";
import { go, type View } from "../app/router.ts";
import { formats, t } from "../app/texts.ts";
import { CallButton } from "../calls/call-button.tsx";
import { seat } from "../calls/store.ts";
import { presenceOf } from "../session/presence.ts";
import { me, staff } from "../session/store.ts";
import { queueNames, teamName } from "../teams/store.ts";
import { actOn } from "../teamwork/acts.ts";
import { ask } from "../teamwork/gate.tsx";
import { macroShortcut } from "../teamwork/macros.ts";
import { TagChips } from "../teamwork/tag-chips.tsx";
import { Due } from "./due.tsx";
import { titleOf } from "./row.tsx";
import { isStaged } from "./stage.tsx";
import { assign, claim, passOn } from "./thread-store.ts";

interface HeadProps {
  row: ConversationRow;
  view: View;
}

function closeIt(row: ConversationRow, view: View) {
  go({ page: "inbox", view, id: null });
  return actOn([row.id], [{ do: "close" }], t("conversation.closed", { name: titleOf(row) }));
}

function release(row: ConversationRow) {
  return actOn([row.id], [{ do: "assign", staff_id: null }], t("conversation.released"));
}

/** Puts the conversation aside, or takes it back. */
async function aside(row: ConversationRow): Promise<void> {
  if (row.snoozed_at) await actOn([row.id], [{ do: "wake" }], t("snooze.woken"));
  else ask("snooze", [row.id]);
}

function asideWords({ snoozed_until }: ConversationRow): string {
  return snoozed_until
    ? t("snooze.until", { moment: formats().moment(snoozed_until) })
    : t("snooze.untilAnswer");
}

/** Who it is, whose conversation it is, and what can be done with it. */
export function ConversationHead({ row, view }: HeadProps) {
  const isHandingOver = useSignal(false);
  const act = useAct();
  const isMine = row.assignee_id === me.value?.id;
  const team = teamName(row.team_id);
  const isOpen = row.state === "open";
  useLayoutEffect(() => {
    const group = () => t("group.conversation");
    return addShortcuts([
      {
        keys: "a",
        label: () => t("conversation.claim"),
        group,
        run: () => void perform(() => claim(row.id)),
      },
      {
        keys: "h",
        label: () => t("conversation.handOver"),
        group,
        run: () => (isHandingOver.value = true),
        isOffered: () => seat.value === null, // in a call this key holds it
      },
      {
        keys: "e",
        label: () => t("conversation.close"),
        group,
        run: () => void closeIt(row, view),
      },
      {
        keys: "l",
        label: () => t("tags.edit"),
        group,
        run: () => ask("tags", [row.id]),
      },
      {
        keys: "z",
        label: () => t(row.snoozed_at ? "snooze.wake" : "snooze.title"),
        group,
        run: () => void aside(row),
      },
      macroShortcut(row.id),
      {
        keys: "i",
        label: () => t("side.toggle"),
        group,
        run: toggleSide,
      },
      {
        keys: "b",
        label: () => t("panes.list"),
        group,
        run: () => (isListOpen.value = !isListOpen.value),
        isOffered: () => isStaged(row),
      },
      {
        keys: "v",
        label: () => t("panes.stage"),
        group,
        run: () => (isStageOpen.value = !isStageOpen.value),
        isOffered: () => isStaged(row),
      },
    ]);
  }, [row, view, isHandingOver]);
  const items = [
    { label: t("conversation.handOver"), icon: transfer, run: () => (isHandingOver.value = true) },
    ...(row.assignee_id
      ? [{ label: t("conversation.release"), icon: hand, run: () => void release(row) }]
      : []),
    { label: t("tags.edit"), icon: tagIcon, run: () => ask("tags", [row.id]) },
    ...(isOpen
      ? [
          {
            label: t(row.snoozed_at ? "snooze.wake" : "snooze.title"),
            icon: alarm,
            run: () => void aside(row),
          },
        ]
      : []),
    { label: t("macros.run"), icon: zap, run: () => ask("macros", [row.id]) },
    {
      label: t("conversation.transcript"),
      icon: download,
      run: () => void open(transcriptUrl(row.id), "_blank", "noopener"),
    },
    ...(isOpen
      ? [{ label: t("conversation.close"), icon: archive, run: () => void closeIt(row, view) }]
      : []),
  ];
  return (
    <header class="pane-head conversation-head">
      <a
        class="ui-icon-button narrow-only"
        href={`/desk/inbox/${view}`}
        aria-label={t("action.back")}
      >
        <Icon of={back} />
      </a>
      <div class="conversation-head-text">
        <h2>{titleOf(row)}</h2>
        <p class="quiet">
          {row.assignee_name
            ? isMine
              ? t("conversation.yours")
              : t("conversation.assignedTo", { name: row.assignee_name })
            : t("conversation.nobodys")}
          {team && ` · ${team}`}
          {row.snoozed_at && ` · ${asideWords(row)}`}
          {row.due_at && (
            <>
              {" "}
              · <Due row={row} />
            </>
          )}
        </p>
        {row.tag_ids.length > 0 && (
          <p class="head-tags">
            <TagChips row={row} most={6} />
          </p>
        )}
      </div>
      {isOpen && !row.assignee_id && (
        <Button look="primary" small busy={act.isBusy} onClick={() => act.run(() => claim(row.id))}>
          {t("conversation.claim")}
        </Button>
      )}
      <CallButton row={row} />
      {isOpen && isMine && (
        <span class="wide-only">
          <Button small icon={archive} onClick={() => closeIt(row, view)}>
            {t("conversation.close")}
          </Button>
        </span>
      )}
      {isStaged(row) && <StageToggles />}
      <span class="side-toggle">
        <IconButton
          icon={panel}
          label={t("side.toggle")}
          shortcut="I"
          aria-pressed={isSideOpen.value || isSideFolded.value}
          onClick={toggleSide}
        />
      </span>
      <Menu label={t("action.more")} items={items}>
        <Icon of={ellipsis} />
      </Menu>
      {isHandingOver.value && <HandOver row={row} onClose={() => (isHandingOver.value = false)} />}
    </header>
  );
}

/** Beside the customer's page the list is folded away, and on a phone one covers the other. */
function StageToggles() {
  return (
    <>
      <span class="list-toggle">
        <IconButton
          icon={listIcon}
          label={t("panes.list")}
          shortcut="B"
          aria-pressed={isListOpen.value}
          onClick={() => (isListOpen.value = !isListOpen.value)}
        />
      </span>
      <span class="stage-toggle">
        <IconButton
          icon={monitor}
          label={t("panes.stage")}
          shortcut="V"
          aria-pressed={isStageOpen.value}
          onClick={() => (isStageOpen.value = !isStageOpen.value)}
        />
      </span>
    </>
  );
}

function HandOver({ row, onClose }: { row: ConversationRow; onClose: () => void }) {
  const note = useSignal("");
  const act = useAct();
  const others = staff.value.filter(({ id, is_active }) => is_active && id !== row.assignee_id);
  const there = (id: string) => presenceOf(id) === "available";
  const sorted = [...others].sort((a, b) => Number(there(b.id)) - Number(there(a.id)));
  const give = (staffId: string) =>
    act.run(async () => {
      await assign(row.id, staffId, note.value.trim());
      onClose();
    });
  const queues = queueNames();
  const pass = (queueId: string) =>
    act.run(async () => {
      await passOn(row.id, queueId, note.value.trim());
      onClose();
    });
  return (
    <Dialog title={t("conversation.handOver")} closeLabel={t("action.close")} onClose={onClose}>
      <div class="stack">
        <TextArea
          label={t("handOver.note")}
          hint={t("handOver.noteHint")}
          value={note.value}
          maxLength={5000}
          onInput={(event) => (note.value = event.currentTarget.value)}
        />
        <ul class="choices">
          {sorted.map(({ id, name }) => (
            <li key={id}>
              <button type="button" class="choice" disabled={act.isBusy} onClick={() => give(id)}>
                <span class="grow">{id === me.value?.id ? t("conversation.you") : name}</span>
                <span class={`presence-word ${there(id) ? "is-there" : ""}`}>
                  {t(there(id) ? "presence.available" : "presence.away")}
                </span>
              </button>
            </li>
          ))}
        </ul>
        {queues.length > 0 && (
          <fieldset class="choices">
            <legend class="ui-label">{t("handOver.teams")}</legend>
            {queues.map(([id, name]) => (
              <button
                key={id}
                type="button"
                class="choice"
                disabled={act.isBusy}
                onClick={() => pass(id)}
              >
                {name}
              </button>
            ))}
          </fieldset>
        )}
        {sorted.length === 0 && queues.length === 0 && <p class="quiet">{t("handOver.nobody")}</p>}
      </div>
    </Dialog>
  );
}
