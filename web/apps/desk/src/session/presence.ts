import { computed, signal } from "@preact/signals";
import type { StaffPresence } from "../api/conversations.ts";
import { command } from "../app/live.ts";
import { me, start } from "./store.ts";

const KEPT = "stoa.desk.away";

const heard = signal<readonly StaffPresence[] | null>(null);
/** Changes whenever somebody came, left, or changed their status. */
export const heardPresence = heard;
/** Whether this person asked not to be given new customers. */
export const isAway = signal(localStorage.getItem(KEPT) === "yes");

const present = computed(() => {
  const list = heard.value ?? start.value?.presence ?? [];
  return new Map(list.map(({ staff_id, status }) => [staff_id, status]));
});

/** Takes over who is at the desk now; the list is complete each time. */
export function takePresence(staff: readonly StaffPresence[]): void {
  heard.value = staff;
}

export function presenceOf(staffId: string): StaffPresence["status"] {
  return present.value.get(staffId) ?? "offline";
}

/** Tells the server what this person chose; a new connection begins as available. */
export async function tellPresence(): Promise<void> {
  if (me.peek()) await command("presence.set", { status: isAway.peek() ? "away" : "available" });
}

/** Available, or away with the desk open. */
export async function chooseAway(away: boolean): Promise<void> {
  isAway.value = away;
  localStorage.setItem(KEPT, away ? "yes" : "no");
  await tellPresence();
}
