import { signal } from "@preact/signals";

/** The time, once a second, for waits and durations on the screen. */
export const now = signal(Date.now());

/** Lets the clock tick while the page is looked at. */
export function startClock(): void {
  const tick = () => {
    if (!document.hidden) now.value = Date.now();
  };
  setInterval(tick, 1000);
  document.addEventListener("visibilitychange", tick);
}
