import { signal } from "@preact/signals";
import { type CustomerLine, listCustomers } from "../api/customers.ts";

export const customers = signal<readonly CustomerLine[]>([]);
export const customersError = signal<Error | null>(null);
export const areCustomersLoading = signal(false);
export const customerWish = signal("");
export const proposalCount = signal(0);
let next: string | null = null;
let round = 0;

async function fetchPage(cursor: string | null): Promise<void> {
  const mine = ++round;
  areCustomersLoading.value = true;
  customersError.value = null;
  try {
    const page = await listCustomers(customerWish.peek().trim(), cursor);
    if (mine !== round) return;
    customers.value = cursor === null ? page.items : [...customers.peek(), ...page.items];
    proposalCount.value = page.proposals;
    next = page.next;
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    if (mine === round) customersError.value = error;
  } finally {
    if (mine === round) areCustomersLoading.value = false;
  }
}

/** Fetches the list anew for the words asked for. */
export const loadCustomers = (): Promise<void> => fetchPage(null);

/** Fetches the next page, if there is one and none is under way. */
export function loadMoreCustomers(): void {
  if (next && !areCustomersLoading.peek() && !customersError.peek()) void fetchPage(next);
}
