import { effect } from "@preact/signals";
import { type CustomerPage, readCustomer } from "../api/customers.ts";
import { hearDesk } from "../app/desk-events.ts";
import { follow, line, onBack } from "../app/live.ts";
import { type Resource, resource } from "../app/resource.ts";
import { loadCustomers } from "./store.ts";

/** A burst of changes is one look. */
const GATHER_MS = 150;

export interface LiveCustomer {
  readonly page: Resource<CustomerPage>;
  /** What else is asked for again whenever something happened; returns how to stop. */
  readonly alongside: (load: () => Promise<void>) => () => void;
  /** Looks again, now or after the look that is under way. */
  readonly refresh: () => Promise<void>;
  /** Takes the page as an answer shows it. */
  readonly take: (page: CustomerPage) => void;
  readonly close: () => void;
}

const inList = ({ name, points, merges, erased_at }: CustomerPage) =>
  JSON.stringify([name, points.map(({ value }) => value), merges.length, erased_at]);

/** One customer's page as long as it is open: whatever happens meanwhile appears by itself. What is
 * said in conversations comes on `desk`, all else on the customer's own topic; both only say that
 * there is something new, and the page asks again. */
export function openCustomer(id: string): LiveCustomer {
  const page = resource(() => readCustomer(id));
  const others = new Set<() => Promise<void>>();
  let isBusy = false;
  let isDue = false;
  let isClosed = false;

  async function look() {
    const before = page.state.peek().value;
    await Promise.all([page.load(), ...[...others].map((load) => load())]);
    const after = page.state.peek().value;
    if (before && after && inList(before) !== inList(after)) void loadCustomers();
  }

  async function refresh() {
    isDue = true;
    if (isBusy) return;
    isBusy = true;
    try {
      while (isDue && !isClosed) {
        await new Promise((resolve) => setTimeout(resolve, GATHER_MS));
        isDue = false;
        // One look after the other: of two at once the slow one would be dropped, for ever.
        if (!isClosed) await look();
      }
    } finally {
      isBusy = false;
    }
  }

  const soon = () => void refresh();
  const customerId = () => page.state.peek().value?.id ?? id;
  const stopDesk = hearDesk((event) => {
    if (event.type !== "conversation.listed") return;
    if (event.data.conversation.customer_id === customerId()) soon();
  });
  const stopBack = onBack(soon);
  let followed = "";
  let unfollow = () => {};
  // Who was merged into somebody is heard as that one from then on.
  const stopFollowing = effect(() => {
    const { value } = page.state.value;
    if (!value || value.id === followed || line.value === "closed") return;
    unfollow();
    followed = value.id;
    unfollow = follow(`person:${value.id}`, value.seq, {
      onEvent: soon,
      resync: async () => {
        await look();
        return page.state.peek().value?.seq ?? null;
      },
    });
  });
  void page.load();
  return {
    page,
    alongside: (load) => {
      others.add(load);
      return () => others.delete(load);
    },
    refresh,
    take: (changed) => {
      page.change(() => changed);
      soon();
      void loadCustomers();
    },
    close: () => {
      isClosed = true;
      stopDesk();
      stopBack();
      stopFollowing();
      unfollow();
    },
  };
}
