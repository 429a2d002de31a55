const TYPED_INTO =
  'textarea, select, input:not([type="button"], [type="checkbox"], [type="color"], [type="file"],' +
  ' [type="image"], [type="radio"], [type="range"], [type="reset"], [type="submit"])';
const ROOM_PX = 8;

function isTypedInto(target: unknown): target is HTMLElement {
  if (!(target instanceof HTMLElement)) return false;
  return target.isContentEditable || target.matches(TYPED_INTO);
}

/** The bar lies at the top, or at the bottom while the field that is typed in is at the top. */
export function stepAside(bar: HTMLElement, signal: AbortSignal): void {
  let field: HTMLElement | null = null;
  let isAsked = false;
  const look = () => {
    isAsked = false;
    const box = field?.getBoundingClientRect();
    const { height } = bar.getBoundingClientRect();
    bar.classList.toggle("low", !!box && box.bottom > 0 && box.top < height + 10 + ROOM_PX);
  };
  const lookSoon = () => {
    if (isAsked || !field) return;
    isAsked = true;
    requestAnimationFrame(look);
  };
  const options = { capture: true, passive: true, signal };
  const focused = (event: Event) => {
    const [target] = event.composedPath();
    field = isTypedInto(target) ? target : null;
    look();
  };
  window.addEventListener("focusin", focused, options);
  window.addEventListener(
    "focusout",
    () => {
      field = null;
      look();
    },
    options,
  );
  window.addEventListener("scroll", lookSoon, options);
  window.addEventListener("resize", lookSoon, options);
  const active = document.activeElement;
  if (isTypedInto(active)) field = active;
  look();
}
