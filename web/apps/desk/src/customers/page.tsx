import contact from "lucide:contact-round";
import merge from "lucide:merge";
import search from "lucide:search";
import { useSignal } from "@preact/signals";
import { Button, Empty, Icon, Skeleton, TextField, VirtualList } from "@stoa/ui";
import { useEffect, useRef } from "preact/hooks";
import { Failed } from "../app/failed.tsx";
import { Panes } from "../app/panes.tsx";
import { go } from "../app/router.ts";
import { CustomerPane } from "./customer.tsx";
import { Line } from "./line.tsx";
import { ProposalsDialog } from "./proposals.tsx";
import {
  areCustomersLoading,
  customers,
  customersError,
  customerWish,
  loadCustomers,
  loadMoreCustomers,
  proposalCount,
} from "./store.ts";
import { ct } from "./words.ts";

export { prepareCustomers } from "./words.ts";

const ROW_HEIGHT = 84;
const TYPING_PAUSE_MS = 200;

function CustomerList({ selectedId }: { selectedId: string | null }) {
  const isFirst = useRef(true);
  const areProposalsOpen = useSignal(false);
  useEffect(() => {
    const timer = setTimeout(loadCustomers, isFirst.current ? 0 : TYPING_PAUSE_MS);
    isFirst.current = false;
    return () => clearTimeout(timer);
  }, [customerWish.value]);
  const rows = customers.value;
  const error = customersError.value;
  return (
    <>
      <header class="pane-head">
        <h1>{ct("title")}</h1>
      </header>
      <div class="pane-search">
        <Icon of={search} size={16} />
        <TextField
          label={ct("search")}
          hideLabel
          type="search"
          placeholder={ct("search")}
          value={customerWish.value}
          onInput={(event) => (customerWish.value = event.currentTarget.value)}
        />
      </div>
      {proposalCount.value > 0 && (
        <div class="customer-proposals">
          <Button small icon={merge} onClick={() => (areProposalsOpen.value = true)}>
            {ct("proposals.count", { count: proposalCount.value })}
          </Button>
        </div>
      )}
      <div class="pane-fill">
        {rows.length > 0 && (
          <VirtualList
            items={rows}
            label={ct("title")}
            rowHeight={ROW_HEIGHT}
            keyOf={(one) => one.id}
            selectedKey={selectedId}
            onSelect={(one) => go({ page: "customers", id: one.id })}
            onEnd={loadMoreCustomers}
          >
            {(one) => <Line customer={one} />}
          </VirtualList>
        )}
        {rows.length === 0 && areCustomersLoading.value && <Skeleton lines={8} />}
        {rows.length === 0 && !areCustomersLoading.value && !error && (
          <Empty icon={contact} title={ct(customerWish.value ? "found.none" : "empty")}>
            {!customerWish.value && <p>{ct("empty.next")}</p>}
          </Empty>
        )}
        {error && <Failed error={error} retry={loadCustomers} />}
      </div>
      {areProposalsOpen.value && (
        <ProposalsDialog onClose={() => (areProposalsOpen.value = false)} />
      )}
    </>
  );
}

/** The customers: list and one of them. */
export function CustomersPage({ id }: { id: string | null }) {
  return (
    <Panes
      listLabel={ct("title")}
      list={<CustomerList selectedId={id} />}
      hasChosen={id !== null}
      main={id ? <CustomerPane key={id} id={id} /> : <Empty icon={contact} title={ct("none")} />}
    />
  );
}
