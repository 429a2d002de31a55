import { Badge } from "@stoa/ui";
import type { CustomerLine } from "../api/customers.ts";
import { formats } from "../app/texts.ts";
import { ct } from "./words.ts";

/** Returns how a customer is called: by name, else by how they are reached. */
export function nameOf({ name, reached_at, is_erased }: CustomerLine): string {
  if (is_erased) return ct("erased");
  return name || reached_at[0] || ct("nameless");
}

/** A customer in two lines: who, how reached, and how much was between us. */
export function Line({ customer }: { customer: CustomerLine }) {
  const { name, reached_at, conversations, orders } = customer;
  const reached = name ? reached_at : reached_at.slice(1);
  return (
    <div class="order-row">
      <div class="conversation-row-head">
        <span class="conversation-row-name">{nameOf(customer)}</span>
        {customer.is_erased && <Badge>{ct("erased")}</Badge>}
        <time class="quiet" dateTime={customer.created_at}>
          {formats().moment(customer.created_at)}
        </time>
      </div>
      <span class="quiet customer-reached">{reached.join(" · ")}</span>
      <span class="quiet">
        {ct("count.conversations", { count: conversations })} ·{" "}
        {ct("count.orders", { count: orders })}
      </span>
    </div>
  );
}
