import { type Signal, signal } from "@preact/signals";
import { readVisit, readVisitOf, type VisitDetail } from "../api/radar.ts";
import { Problem } from "../app/http.ts";
import { follow, onBack } from "../app/live.ts";

/** One visit on the screen, kept up to date until `close`. */
export interface LiveVisit {
  /** null while it is fetched, and when the visitor is away. */
  readonly visit: Signal<VisitDetail | null>;
  readonly isAway: Signal<boolean>;
  readonly error: Signal<Error | null>;
  readonly load: () => Promise<void>;
  readonly close: () => void;
}

function open(read: () => Promise<VisitDetail>): LiveVisit {
  const visit = signal<VisitDetail | null>(null);
  const isAway = signal(false);
  const error = signal<Error | null>(null);
  let followed: string | null = null;
  let unfollow = () => {};
  let isClosed = false;
  const stopBack = onBack(() => void load());

  function take(detail: VisitDetail) {
    if ((visit.peek()?.revision ?? -1) > detail.revision && visit.peek()?.id === detail.id) return;
    visit.value = detail;
    isAway.value = !detail.is_online;
  }

  async function load() {
    try {
      const detail = await read();
      if (isClosed) return;
      error.value = null;
      take(detail);
      if (followed === detail.id) return;
      unfollow();
      followed = detail.id;
      unfollow = follow(`visit:${detail.id}`, null, {
        signals: { "visit.changed": take },
        joined: () => void load(),
      });
    } catch (problem) {
      if (!(problem instanceof Error)) throw problem;
      const isGone = problem instanceof Problem && problem.status === 404;
      isAway.value = isGone;
      error.value = isGone ? null : problem;
    }
  }

  return {
    visit,
    isAway,
    error,
    load,
    close: () => {
      isClosed = true;
      stopBack();
      unfollow();
    },
  };
}

export const openVisit = (id: string) => open(() => readVisit(id));
export const openVisitOf = (visitorId: string) => open(() => readVisitOf(visitorId));
