const TARGET = "[data-autofocus]:not(:disabled)";

/** The focus is on the view's marked control, at once or as soon as it is drawn; until then on the
 * view itself. Returns the function that stops waiting. */
export function focusInside(view: HTMLElement): () => void {
  const target = () => view.querySelector<HTMLElement>(TARGET);
  const now = target();
  if (now) {
    now.focus();
    return () => undefined;
  }
  view.focus();
  const watcher = new MutationObserver(() => {
    // Whoever has gone elsewhere meanwhile stays there.
    if (document.activeElement !== view) return watcher.disconnect();
    const late = target();
    if (!late) return;
    watcher.disconnect();
    late.focus();
  });
  watcher.observe(view, { childList: true, subtree: true, attributes: true });
  return () => watcher.disconnect();
}
