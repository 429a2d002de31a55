/** Whether something of the page's own is open that an Escape closes. */
function hasLayer(): boolean {
  try {
    return document.querySelector("dialog[open], :popover-open") !== null;
  } catch {
    return document.querySelector("dialog[open]") !== null; // before popovers existed
  }
}

/**
 * An Escape that nothing else on the page has taken stops it: one that closes a dialog, a list, the
 * full screen or the counter, or that ends the writing of a composed letter, is not for us.
 */
export function leavesByEscape(stop: () => void, signal: AbortSignal): void {
  let hadLayer = false;
  // Looked at before the page's own listeners close what is open.
  const before = (event: KeyboardEvent) => {
    if (event.key === "Escape") hadLayer = hasLayer() || document.fullscreenElement !== null;
  };
  const after = (event: KeyboardEvent) => {
    if (event.key !== "Escape" || event.defaultPrevented || event.isComposing || hadLayer) return;
    const isCounters = event
      .composedPath()
      .some((one) => one instanceof Element && one.localName === "stoa-counter");
    if (!isCounters) stop();
  };
  window.addEventListener("keydown", before, { capture: true, signal });
  window.addEventListener("keydown", after, { signal });
}
