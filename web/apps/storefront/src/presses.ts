/* A press is lost when what it began on is replaced or moved before it ends. */

/** Some ends are told to nobody: of a press that leads to a menu of the browser's, for one. */
const LONGEST_MS = 1_000;
const ENDS = ["pointerup", "pointercancel"] as const;

let isPressed = false;

addEventListener(
  "pointerdown",
  ({ button }) => {
    isPressed = button === 0;
  },
  true,
);
for (const type of ENDS) {
  addEventListener(
    type,
    () => {
      isPressed = false;
    },
    true,
  );
}

/** Runs the task now, or after the press that is under way and what it leads to. */
export function whenReleased(task: () => void): void {
  if (!isPressed) return task();
  const end = () => {
    clearTimeout(timer);
    for (const type of ENDS) removeEventListener(type, end, true);
    setTimeout(task);
  };
  const timer = setTimeout(end, LONGEST_MS);
  for (const type of ENDS) addEventListener(type, end, true);
}

/** Resolves when no press is under way. */
export function released(): Promise<void> {
  return new Promise((resolve) => whenReleased(resolve));
}
