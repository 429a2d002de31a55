import close from "lucide:x";
import type { ComponentChildren } from "preact";
import { useId, useLayoutEffect, useRef } from "preact/hooks";
import { IconButton } from "./button.tsx";

const FIRST = ["input", "textarea", "select", "button"]
  .map((tag) => `.ui-dialog-body ${tag}:not(:disabled)`)
  .join(",");

interface DialogProps {
  title: string;
  closeLabel: string;
  onClose: () => void;
  children: ComponentChildren;
  /** Buttons at the foot. */
  actions?: ComponentChildren;
  wide?: boolean;
  /** The body is a text to read: it takes the focus, so that the keyboard can scroll it. */
  isReading?: boolean;
}

/** A modal dialog (the browser's own: focus is kept inside, Escape closes it, and the focus goes
 * back to where it was). It is open for as long as it is drawn. */
export function Dialog({
  title,
  closeLabel,
  onClose,
  children,
  actions,
  wide,
  isReading,
}: DialogProps) {
  const element = useRef<HTMLDialogElement>(null);
  const titleId = useId();

  // As soon as it is drawn: a key pressed a frame later is meant for it, and not for what is behind.
  useLayoutEffect(() => {
    const dialog = element.current;
    const before = document.activeElement;
    dialog?.showModal();
    // The browser would take the first button, which closes; people come here to fill something in.
    const first = dialog?.querySelector<HTMLElement>(isReading ? ".ui-dialog-body" : FIRST);
    first?.focus();
    return () => {
      // What was opened from here may have taken the focus already; else it goes back.
      const now = document.activeElement;
      const isFree = now === null || now === document.body || dialog?.contains(now);
      dialog?.close();
      if (isFree && before instanceof HTMLElement && before.isConnected) before.focus();
    };
  }, []);

  return (
    <dialog
      ref={element}
      class={`ui-dialog ${wide ? "ui-dialog-wide" : ""}`}
      aria-labelledby={titleId}
      onCancel={(event) => {
        event.preventDefault();
        onClose();
      }}
      onKeyDown={(event) => {
        // Browsers close a dialog themselves when Escape comes twice, without asking for it here.
        const isMine = event.target instanceof Element && event.target.closest("dialog");
        if (event.key !== "Escape" || isMine !== element.current) return;
        if (event.defaultPrevented || event.isComposing) return;
        event.preventDefault();
        onClose();
      }}
      onMouseDown={(event) => {
        if (event.target === element.current) onClose();
      }}
    >
      <div class="ui-dialog-sheet">
        <header class="ui-dialog-head">
          <h2 id={titleId}>{title}</h2>
          <IconButton icon={close} label={closeLabel} onClick={onClose} />
        </header>
        <div class="ui-dialog-body" tabIndex={isReading ? 0 : undefined}>
          {children}
        </div>
        {actions && <footer class="ui-dialog-foot">{actions}</footer>}
      </div>
    </dialog>
  );
}
