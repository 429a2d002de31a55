import { signal } from "@preact/signals";
import { envelope, opened, type ToFrame, type ToPage } from "../bridge.ts";

/** Whether the panel around the frame is open. */
export const isShown = signal(false);
export const isFullScreen = signal(false);
/** Counts up each time the focus should come into the frame. */
export const focusWish = signal(0);
/** The page around the frame: where it is, and what it is called. */
export const page = signal({ url: "", title: "" });

/** Tells the loader on the page around us. Nothing in it is a secret: any page may embed us. */
export function tell(message: ToPage, transfer: Transferable[] = []): void {
  window.parent.postMessage(envelope(message), "*", transfer);
}

/** The panel goes away; from now on what comes in is unread. */
export function close(): void {
  isShown.value = false;
  tell({ type: "close" });
}

type Heard = { [Type in ToFrame["type"]]?: (message: Extract<ToFrame, { type: Type }>) => void };
const parts: Heard = {};

/** Hears one kind of the loader's messages, for a part that is fetched when it is needed. */
export function onPage<Type extends ToFrame["type"]>(type: Type, listener: Heard[Type]): void {
  parts[type] = listener as Heard[typeof type];
}

function hear(message: ToFrame) {
  parts[message.type]?.(message as never);
  if (message.type === "page") page.value = { url: message.url, title: message.title };
  else if (message.type === "hidden") isShown.value = false;
  else if (message.type === "shown") {
    isShown.value = true;
    isFullScreen.value = message.isFullScreen;
    if (message.takesFocus) focusWish.value += 1;
  }
}

/** Listens to the loader and reports that the frame is here. */
export function greet(): void {
  addEventListener("message", (event) => {
    if (event.source !== window.parent) return;
    const message = opened<ToFrame>(event.data);
    if (message) hear(message);
  });
  addEventListener("keydown", (event) => {
    // Menus and dialogs take their own Escape first.
    if (event.key === "Escape" && !event.defaultPrevented && !hasLayerOpen()) close();
  });
  tell({ type: "ready" });
}

function hasLayerOpen(): boolean {
  return document.querySelector("dialog[open], :popover-open") !== null;
}
