import { computed, signal } from "@preact/signals";
import { type RadarCounts, type RadarDelta, readRadar, type VisitRow } from "../api/radar.ts";
import { isNeedy } from "./needy.ts";

const visits = signal<ReadonlyMap<string, VisitRow>>(new Map());
const NOBODY: RadarCounts = { online: 0, with_cart: 0, in_checkout: 0, in_trouble: 0, talking: 0 };

export const counts = signal<RadarCounts>(NOBODY);
export const radarError = signal<Error | null>(null);
export const isRadarLoaded = signal(false);

/** Who needs help most comes first; equal ones by their last act. */
export function neediestFirst(a: VisitRow, b: VisitRow): number {
  return (
    Number(b.is_online) - Number(a.is_online) ||
    b.score - a.score ||
    Date.parse(b.last_active_at) - Date.parse(a.last_active_at) ||
    (a.id < b.id ? 1 : -1)
  );
}

export const visitList = computed(() => [...visits.value.values()].sort(neediestFirst));

/** How many people in the shop show signs of trouble and talk to nobody yet. */
export const needyCount = computed(() => visitList.value.filter(isNeedy).length);

export const visitOf = (id: string) => visits.value.get(id) ?? null;

/** Returns the newest live visit of a visitor, if it is among those known. */
export function visitOfVisitor(visitorId: string | null): VisitRow | null {
  if (!visitorId) return null;
  return visitList.value.find((visit) => visit.visitor_id === visitorId) ?? null;
}

let round = 0;
let heard: RadarDelta[] | null = null;

/** Fetches the radar anew, in place of all that was known; what is heard meanwhile stands. */
export async function loadRadar(): Promise<void> {
  const mine = ++round;
  heard = [];
  try {
    const snapshot = await readRadar("all");
    if (mine !== round) return;
    visits.value = new Map(snapshot.visits.map((visit) => [visit.id, visit]));
    counts.value = snapshot.counts;
    for (const delta of heard ?? []) apply(delta);
    radarError.value = null;
    isRadarLoaded.value = true;
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    if (mine === round) radarError.value = error;
  } finally {
    if (mine === round) heard = null;
  }
}

/** Takes over what changed since the last second. */
export function takeRadar(delta: RadarDelta): void {
  heard?.push(delta);
  apply(delta);
}

function apply(delta: RadarDelta): void {
  const known = new Map(visits.peek());
  for (const visit of delta.changed) {
    if ((known.get(visit.id)?.revision ?? -1) < visit.revision) known.set(visit.id, visit);
  }
  for (const id of delta.gone) known.delete(id);
  visits.value = known;
  counts.value = delta.counts;
}
