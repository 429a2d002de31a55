import close from "lucide:x";
import { signal } from "@preact/signals";
import { Button, IconButton } from "./button.tsx";

interface Toast {
  readonly id: number;
  readonly text: string;
  readonly tone: "neutral" | "good" | "bad";
  readonly undo?: { readonly label: string; readonly run: () => void };
}

const SHOWN_MS = 7000;
const toasts = signal<readonly Toast[]>([]);
let lastId = 0;

export function dismissToast(id: number) {
  toasts.value = toasts.value.filter((toast) => toast.id !== id);
}

/** Shows a line at the edge of the screen for a while, with a button that takes the act back if it
 * can be taken back. Errors stay until they are closed. */
export function showToast(toast: {
  text: string;
  tone?: Toast["tone"];
  undo?: Toast["undo"];
}): number {
  const id = ++lastId;
  const { text, tone = "neutral", undo } = toast;
  toasts.value = [...toasts.value.slice(-2), { id, text, tone, ...(undo && { undo }) }];
  if (tone !== "bad") setTimeout(() => dismissToast(id), SHOWN_MS);
  return id;
}

/** The place where toasts appear; draw it once per page. */
export function Toasts({ label, closeLabel }: { label: string; closeLabel: string }) {
  return (
    <section class="ui-toasts" aria-label={label} aria-live="polite">
      {toasts.value.map(({ id, text, tone, undo }) => (
        <div key={id} class={`ui-toast ui-toast-${tone}`}>
          <span>{text}</span>
          {undo && (
            <Button
              small
              look="quiet"
              onClick={() => {
                dismissToast(id);
                undo.run();
              }}
            >
              {undo.label}
            </Button>
          )}
          <IconButton icon={close} label={closeLabel} onClick={() => dismissToast(id)} />
        </div>
      ))}
    </section>
  );
}
