import clip from "lucide:paperclip";
import sendIcon from "lucide:send-horizontal";
import smile from "lucide:smile";
import { useSignal } from "@preact/signals";
import { Icon, IconButton } from "@stoa/ui";
import { useEffect, useLayoutEffect, useRef } from "preact/hooks";
import { send, tellTyping } from "./chat.ts";
import { draft, setDraft } from "./draft.ts";
import { FileList } from "./file-list.tsx";
import { later, With } from "./later.tsx";
import { t } from "./texts.ts";
import { addFiles, isUploading, refusal, takeUploads, uploads } from "./uploads.ts";
import { notice } from "./view.ts";

const emoji = later(() => import("./emoji.tsx"));
const BODY_MAX = 5_000;
const TELL_EVERY_MS = 400;

/** Tells the desk what is typed, a few times a second, and at once when it ends. */
function useTyping() {
  const timer = useRef(0);
  const stop = () => {
    clearTimeout(timer.current);
    timer.current = 0;
    tellTyping("");
  };
  useEffect(() => stop, []);
  return {
    typed: () => {
      if (timer.current) return;
      timer.current = window.setTimeout(() => {
        timer.current = 0;
        tellTyping(draft.value);
      }, TELL_EVERY_MS);
    },
    stop,
  };
}

/** On a touch keyboard Enter makes a new line, and the button sends. */
const isTouch = matchMedia("(pointer: coarse) and (hover: none)");

function useAutosize(field: { current: HTMLTextAreaElement | null }, text: string) {
  useLayoutEffect(() => {
    const element = field.current;
    if (!element) return;
    element.style.height = "auto";
    element.style.height = `${element.scrollHeight + 2}px`;
  }, [text]);
}

function useDrop() {
  const isOver = useSignal(false);
  useEffect(() => {
    const over = (event: DragEvent) => {
      if (!event.dataTransfer?.types.includes("Files")) return;
      event.preventDefault();
      isOver.value = true;
    };
    const leave = (event: DragEvent) => {
      if (!event.relatedTarget) isOver.value = false;
    };
    const drop = (event: DragEvent) => {
      if (!event.dataTransfer?.types.includes("Files")) return;
      event.preventDefault();
      isOver.value = false;
      addFiles(event.dataTransfer.files);
    };
    addEventListener("dragover", over);
    addEventListener("dragleave", leave);
    addEventListener("drop", drop);
    return () => {
      removeEventListener("dragover", over);
      removeEventListener("dragleave", leave);
      removeEventListener("drop", drop);
    };
  }, []);
  return isOver;
}

export function Composer() {
  const field = useRef<HTMLTextAreaElement>(null);
  const picker = useRef<HTMLInputElement>(null);
  const typing = useTyping();
  const isOver = useDrop();
  const isPicking = useSignal(false);
  const text = draft.value;
  useAutosize(field, text);
  const excess = Math.max(0, text.trim().length - BODY_MAX);
  const hasContent = text.trim() !== "" || uploads.value.some((one) => one.state === "done");

  function submit() {
    if (!hasContent || excess > 0 || isUploading.value) return;
    notice.value = "";
    typing.stop();
    send(text.trim(), takeUploads());
    setDraft("");
    field.current?.focus();
  }

  function insert(one: string) {
    const element = field.current;
    const start = element?.selectionStart ?? text.length;
    const end = element?.selectionEnd ?? text.length;
    setDraft(text.slice(0, start) + one + text.slice(end));
    typing.typed();
    requestAnimationFrame(() => {
      element?.focus();
      element?.setSelectionRange(start + one.length, start + one.length);
    });
  }

  function onKeyDown(event: KeyboardEvent) {
    if (event.key !== "Enter" || event.shiftKey || event.isComposing || isTouch.matches) return;
    event.preventDefault();
    submit();
  }

  function onPaste(event: ClipboardEvent) {
    const files = event.clipboardData?.files;
    if (!files?.length) return;
    event.preventDefault();
    addFiles(files);
  }

  return (
    <form
      class="composer"
      onSubmit={(event) => {
        event.preventDefault();
        submit();
      }}
    >
      {isOver.value && <p class="drop">{t("composer.drop")}</p>}
      <FileList />
      {refusal.value && (
        <p class="is-bad small" role="alert">
          {refusal.value}
        </p>
      )}
      {excess > 0 && (
        <p class="is-bad small" role="status">
          {t("composer.tooLong", { count: excess })}
        </p>
      )}
      {isPicking.value && (
        <With of={emoji}>
          {({ EmojiPicker }) => (
            <EmojiPicker
              onPick={insert}
              onClose={() => {
                isPicking.value = false;
                field.current?.focus();
              }}
            />
          )}
        </With>
      )}
      <textarea
        ref={field}
        class="ui-input"
        rows={1}
        aria-label={t("composer.label")}
        aria-describedby="seen"
        aria-invalid={excess > 0 ? "true" : undefined}
        placeholder={t("composer.placeholder")}
        enterkeyhint={isTouch.matches ? "enter" : "send"}
        data-autofocus
        value={text}
        onInput={(event) => {
          setDraft(event.currentTarget.value);
          typing.typed();
        }}
        onKeyDown={onKeyDown}
        onPaste={onPaste}
        onBlur={typing.stop}
      />
      <div class="composer-tools">
        <IconButton
          icon={clip}
          label={t("composer.attach")}
          onClick={() => picker.current?.click()}
        />
        <IconButton
          icon={smile}
          label={t("composer.emoji")}
          aria-expanded={isPicking.value}
          onClick={() => {
            isPicking.value = !isPicking.value;
          }}
        />
        <p id="seen" class="small quiet">
          {isUploading.value ? t("composer.wait") : t("composer.seen")}
        </p>
        <button
          type="submit"
          class="send"
          aria-label={t("composer.send")}
          title={t("composer.send")}
          aria-disabled={!hasContent || excess > 0 || isUploading.value}
        >
          <Icon of={sendIcon} size={20} />
        </button>
      </div>
      <input
        ref={picker}
        type="file"
        multiple
        hidden
        onChange={(event) => {
          addFiles(event.currentTarget.files ?? []);
          event.currentTarget.value = "";
          field.current?.focus();
        }}
      />
    </form>
  );
}
