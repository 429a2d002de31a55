const TYPED_INTO =
  'textarea, select, input:not([type="button"], [type="checkbox"], [type="color"], [type="file"],' +
  ' [type="image"], [type="radio"], [type="range"], [type="reset"], [type="submit"])';
/** So much room is left around the field. */
const ROOM_PX = 8;

function isTypedInto(target: unknown): target is HTMLElement {
  if (!(target instanceof HTMLElement)) return false;
  return target.isContentEditable || target.matches(TYPED_INTO);
}

function covers(element: HTMLElement, field: HTMLElement): boolean {
  const own = element.getBoundingClientRect();
  const other = field.getBoundingClientRect();
  return (
    own.left < other.right + ROOM_PX &&
    own.right > other.left - ROOM_PX &&
    own.top < other.bottom + ROOM_PX &&
    own.bottom > other.top - ROOM_PX
  );
}

/* What moves away when it is aside has to be measured where it would be. */
function measured(part: HTMLElement, field: HTMLElement | null): boolean {
  part.classList.remove("aside");
  return !!field && covers(part, field);
}

/** Whatever of `parts` lies over the page's field that is typed in has the class `aside`, for as long
 * as it does; the returned function looks again, for when parts come. */
export function stepAside(parts: () => Iterable<HTMLElement>): () => void {
  let field: HTMLElement | null = null;
  let isAsked = false;
  const look = () => {
    isAsked = false;
    for (const part of parts()) part.classList.toggle("aside", measured(part, field));
  };
  const lookSoon = () => {
    if (isAsked || !field) return;
    isAsked = true;
    requestAnimationFrame(look);
  };
  const options = { capture: true, passive: true };
  window.addEventListener(
    "focusin",
    (event) => {
      // The first of the path is the field itself, also inside a component of the page.
      const [target] = event.composedPath();
      field = isTypedInto(target) ? target : null;
      look();
    },
    options,
  );
  window.addEventListener(
    "focusout",
    () => {
      field = null;
      look();
    },
    options,
  );
  // The page moves under the button; the on-screen keyboard comes and goes.
  window.addEventListener("scroll", lookSoon, options);
  window.addEventListener("resize", lookSoon, options);
  window.addEventListener("input", lookSoon, options);
  window.visualViewport?.addEventListener("resize", lookSoon, options);
  return look;
}
