const TYPED_INTO =
  'textarea, select, input:not([type="button"], [type="checkbox"], [type="color"], [type="file"],' +
  ' [type="image"], [type="radio"], [type="range"], [type="reset"], [type="submit"])';
const ROOM_PX = 8;
/** A press on the bar ends the typing: it must not move away from under the finger. */
const REST_MS = 600;

function isTypedInto(target: unknown): target is HTMLElement {
  if (!(target instanceof HTMLElement)) return false;
  return target.isContentEditable || target.matches(TYPED_INTO);
}

function covers(bar: DOMRect, field: DOMRect): boolean {
  return (
    bar.left < field.right + ROOM_PX &&
    bar.right > field.left - ROOM_PX &&
    bar.top < field.bottom + ROOM_PX &&
    bar.bottom > field.top - ROOM_PX
  );
}

/** The bar lies in a lower corner, away from the counter, and at the top while it would lie over the
 * field that is typed in. */
export function stepAside(bar: HTMLElement, signal: AbortSignal): void {
  let field: HTMLElement | null = null;
  let isAsked = false;
  const look = () => {
    isAsked = false;
    const isLeft = document.querySelector('stoa-counter[data-position="left"]') !== null;
    bar.classList.toggle("right", isLeft);
    // Measured where it lies by itself.
    bar.classList.remove("high");
    const box = field?.getBoundingClientRect();
    bar.classList.toggle("high", !!box && covers(bar.getBoundingClientRect(), box));
  };
  const lookSoon = () => {
    if (isAsked || !field) return;
    isAsked = true;
    requestAnimationFrame(look);
  };
  const options = { capture: true, passive: true, signal };
  let rest = 0;
  const focused = (event: Event) => {
    const [target] = event.composedPath();
    clearTimeout(rest);
    field = isTypedInto(target) ? target : null;
    if (field) look();
    else rest = window.setTimeout(look, REST_MS);
  };
  window.addEventListener("focusin", focused, options);
  window.addEventListener(
    "focusout",
    () => {
      field = null;
      clearTimeout(rest);
      rest = window.setTimeout(look, REST_MS);
    },
    options,
  );
  window.addEventListener("scroll", lookSoon, options);
  window.addEventListener("resize", lookSoon, options);
  const active = document.activeElement;
  if (isTypedInto(active)) field = active;
  look();
}
