import percent from "lucide:badge-percent";
import gift from "lucide:gift";
import lock from "lucide:lock";
import paperclip from "lucide:paperclip";
import send from "lucide:send-horizontal";
import tag from "lucide:tag";
import truck from "lucide:truck";
import { useSignal } from "@preact/signals";
import { Button, Icon, IconButton, Menu } from "@stoa/ui";
import { useEffect, useLayoutEffect, useMemo, useRef } from "preact/hooks";
import type { ConversationRow, SavedReply } from "../api/conversations.ts";
import { perform } from "../app/act.ts";
import { addShortcuts } from "../app/keyboard.ts";
import { follow } from "../app/live.ts";
import { t } from "../app/texts.ts";
import { SmsCount } from "../channels/sms-count.tsx";
import { WayPicker } from "../channels/way-picker.tsx";
import { start } from "../session/store.ts";
import { filledReply } from "../teamwork/macros.ts";
import { Beside } from "./beside.tsx";
import { openComposer, type Composer as Store } from "./composer-store.ts";
import { type Picking, PickingDialog } from "./picking.tsx";
import { fitting, replaced, wishAt } from "./saved-replies.ts";
import type { Thread } from "./thread-store.ts";
import { UploadList } from "./uploads.tsx";

const LOOK_EVERY_MS = 60_000;

interface Suggestions {
  readonly start: number;
  readonly found: readonly SavedReply[];
  readonly chosen: number;
}

function ReplyList({
  suggestions,
  onChoose,
}: {
  suggestions: Suggestions;
  onChoose: (reply: SavedReply) => void;
}) {
  return (
    <div class="replies" role="listbox" id="replies" aria-label={t("replies.label")}>
      {suggestions.found.map((reply, index) => (
        <div
          key={reply.id}
          id={`reply-${index}`}
          role="option"
          tabIndex={-1}
          aria-selected={index === suggestions.chosen}
          class="replies-row"
          onMouseDown={(event) => {
            event.preventDefault();
            onChoose(reply);
          }}
        >
          <strong>/{reply.shortcut}</strong>
          <span>{reply.title}</span>
        </div>
      ))}
    </div>
  );
}

/** Where the agent writes: an answer or a note, with saved replies, files and proposals. */
export function Composer({ row, thread }: { row: ConversationRow; thread: Thread }) {
  const store = useMemo(() => openComposer(thread), [thread]);
  const picking = useSignal<Picking | null>(null);
  useEffect(() => store.close, [store]);
  useEffect(
    () => void store.ways.refresh(),
    [
      store,
      row.answer_channel,
      row.contact_email,
      row.customer_id,
      row.message_count,
      thread.isHere.value,
    ],
  );
  const customerId = row.customer_id;
  useEffect(() => {
    if (!customerId) return;
    // An address died, a consent was given, another way is preferred.
    const look = () => store.ways.refresh();
    return follow(`person:${customerId}`, null, {
      onEvent: () => void look(),
      joined: () => void look(),
      resync: async () => {
        await look();
        return null;
      },
    });
  }, [store, customerId]);
  const mayChange = store.ways.mayChange.value;
  useEffect(() => {
    if (!mayChange) return;
    // Quiet hours begin and days end while somebody writes.
    const timer = setInterval(() => void store.ways.refresh(), LOOK_EVERY_MS);
    return () => clearInterval(timer);
  }, [store, mayChange]);
  useLayoutEffect(
    () =>
      addShortcuts([
        {
          keys: "alt+n",
          label: () => t("note.switch"),
          group: () => t("group.conversation"),
          run: store.switchNote,
          whileTyping: true,
        },
        {
          keys: "alt+p",
          label: () => t("pick.product"),
          group: () => t("group.conversation"),
          run: () => {
            picking.value = "product";
          },
          whileTyping: true,
        },
        {
          keys: "alt+d",
          label: () => t("pick.discount"),
          group: () => t("group.conversation"),
          run: () => {
            picking.value = "discount";
          },
          whileTyping: true,
        },
        {
          keys: "alt+l",
          label: () => t("pick.delivery"),
          group: () => t("group.conversation"),
          run: () => {
            picking.value = "delivery";
          },
          whileTyping: true,
        },
      ]),
    [store, picking],
  );
  return (
    <div class={`composer ${store.isNote.value ? "is-note" : ""}`}>
      {!store.isNote.value && <WayPicker ways={store.ways} />}
      <UploadList store={store} />
      <Beside store={store} />
      <Writing store={store} row={row} />
      {!store.isNote.value && store.ways.chosen.value && (
        <SmsCount way={store.ways.chosen.value} text={store.text.value} />
      )}
      <Tools store={store} row={row} onPick={(what) => (picking.value = what)} />
      {picking.value && (
        <PickingDialog what={picking.value} row={row} onClose={() => (picking.value = null)} />
      )}
    </div>
  );
}

function Writing({ store, row }: { store: Store; row: ConversationRow }) {
  const area = useRef<HTMLTextAreaElement>(null);
  const suggestions = useSignal<Suggestions | null>(null);
  const text = store.text.value;

  useLayoutEffect(() => {
    const element = area.current;
    if (!element) return;
    element.style.height = "auto";
    element.style.height = `${Math.min(element.scrollHeight + 2, 240)}px`;
  }, [text]);
  useLayoutEffect(
    () =>
      addShortcuts([
        {
          keys: "r",
          label: () => t("composer.focus"),
          group: () => t("group.conversation"),
          run: () => area.current?.focus(),
        },
      ]),
    [],
  );

  function suggest(value: string, caret: number) {
    const wish = wishAt(value, caret);
    const found = wish ? fitting(start.value?.saved_replies ?? [], wish.wish).slice(0, 8) : [];
    suggestions.value = wish && found.length ? { start: wish.start, found, chosen: 0 } : null;
  }

  function choose(reply: SavedReply) {
    const from = suggestions.value?.start ?? 0;
    const wish = text.slice(from, area.current?.selectionStart ?? text.length);
    suggestions.value = null;
    void perform(async () => {
      const words = await filledReply(reply.id, row.id);
      store.input(replaced(store.text.peek(), { from, wish, words }));
      area.current?.focus();
    });
  }

  function onKeyDown(event: KeyboardEvent) {
    const open = suggestions.value;
    if (open) {
      const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
      const count = open.found.length;
      if (step) suggestions.value = { ...open, chosen: (open.chosen + step + count) % count };
      else if (event.key === "Enter" || event.key === "Tab")
        choose(open.found[open.chosen] as SavedReply);
      else if (event.key === "Escape") suggestions.value = null;
      else return;
      event.preventDefault();
      return;
    }
    if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
      event.preventDefault();
      store.submit();
    }
    if (event.key === "Escape") area.current?.blur();
  }

  const open = suggestions.value;
  return (
    <div class="composer-writing">
      {open && <ReplyList suggestions={open} onChoose={choose} />}
      <textarea
        ref={area}
        rows={1}
        value={text}
        aria-label={store.isNote.value ? t("note.label") : t("composer.label")}
        aria-autocomplete="list"
        aria-controls={open ? "replies" : undefined}
        aria-activedescendant={open ? `reply-${open.chosen}` : undefined}
        placeholder={store.isNote.value ? t("note.placeholder") : t("composer.placeholder")}
        maxLength={store.ways.chosen.value?.inbox_id ? 50_000 : 5000}
        onInput={(event) => {
          const { value, selectionStart } = event.currentTarget;
          store.input(value);
          suggest(value, selectionStart);
        }}
        onKeyDown={onKeyDown}
        onBlur={() => (suggestions.value = null)}
        onPaste={(event) => {
          const files = event.clipboardData?.files;
          if (files?.length) store.attach(files);
        }}
      />
    </div>
  );
}

interface ToolsProps {
  store: Store;
  row: ConversationRow;
  onPick: (what: Picking) => void;
}

function Tools({ store, onPick }: ToolsProps) {
  const files = useRef<HTMLInputElement>(null);
  const isNote = store.isNote.value;
  return (
    <div class="composer-tools">
      <IconButton
        icon={lock}
        label={t("note.switch")}
        shortcut="Alt+N"
        aria-pressed={isNote}
        onClick={store.switchNote}
      />
      {!isNote && (
        <>
          <IconButton
            icon={paperclip}
            label={t("composer.attach")}
            onClick={() => files.current?.click()}
          />
          <input
            ref={files}
            type="file"
            multiple
            hidden
            onChange={(event) => {
              store.attach(event.currentTarget.files ?? []);
              event.currentTarget.value = "";
            }}
          />
          <IconButton
            icon={tag}
            label={t("pick.product")}
            shortcut="Alt+P"
            onClick={() => onPick("product")}
          />
          <Menu
            label={t("pick.propose")}
            items={[
              { label: t("pick.discount"), icon: percent, run: () => onPick("discount") },
              { label: t("pick.delivery"), icon: truck, run: () => onPick("delivery") },
            ]}
          >
            <Icon of={gift} />
          </Menu>
        </>
      )}
      <span class="grow composer-hint quiet">{t("composer.hint")}</span>
      <Button
        look="primary"
        icon={isNote ? lock : send}
        disabled={
          (!store.text.value.trim() && store.uploads.value.length === 0) ||
          (!isNote && store.ways.isClosed.value)
        }
        onClick={() => store.submit()}
      >
        {isNote ? t("note.add") : t("composer.send")}
      </Button>
    </div>
  );
}
