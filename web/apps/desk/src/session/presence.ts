import { computed, signal } from "@preact/signals";
import type { StaffPresence } from "../api/conversations.ts";
import { start } from "./store.ts";

const heard = signal<readonly StaffPresence[] | null>(null);

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
