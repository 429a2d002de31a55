import eye from "lucide:eye";
import lock from "lucide:lock";
import mail from "lucide:message-square";
import phone from "lucide:phone";
import cart from "lucide:receipt-text";
import truck from "lucide:truck";
import { useSignal } from "@preact/signals";
import { Button, Icon, Skeleton } from "@stoa/ui";
import { useEffect, useMemo } from "preact/hooks";
import {
  type CustomerTimeline,
  type CustomerTimelineItem,
  readTimeline,
  type TimelineFilter,
} from "../api/customers.ts";
import { Failed } from "../app/failed.tsx";
import { type Resource, resource } from "../app/resource.ts";
import { formats, maybeText } from "../app/texts.ts";
import type { LiveCustomer } from "./live.ts";
import { ct, maybeCustomers } from "./words.ts";

const FILTERS: readonly TimelineFilter[] = [
  "all",
  "messages",
  "calls",
  "orders",
  "visits",
  "notes",
];
const ICONS = {
  message: mail,
  note: lock,
  customer_note: lock,
  call: phone,
  visit: eye,
  order: cart,
  order_entry: truck,
} as const;

/* What `data` holds is said at CustomerTimelineItem. */
type Data = Record<string, string | number | boolean | string[] | null>;

function callText(data: Data): string {
  const { direction, answered_at, ended_at, is_recorded } = data;
  const parts = [ct(direction === "outbound" ? "item.call.outbound" : "item.call.inbound")];
  if (typeof answered_at === "string" && typeof ended_at === "string") {
    const seconds = (Date.parse(ended_at) - Date.parse(answered_at)) / 1000;
    parts.push(formats().duration(Math.max(0, Math.round(seconds))));
  } else if (ended_at) parts.push(ct("item.call.missed"));
  if (is_recorded) parts.push(ct("item.call.recorded"));
  return parts.join(" · ");
}

function whoOf(kind: CustomerTimelineItem["kind"], data: Data): string {
  if (kind === "note" || kind === "customer_note") return `${ct("item.note")} · ${data.staff_name}`;
  if (data.sender_kind === "customer") return ct("from.customer");
  return data.staff_name ? String(data.staff_name) : ct("from.system");
}

function Text({ kind, data }: { kind: CustomerTimelineItem["kind"]; data: Data }) {
  const files = Array.isArray(data.files) && data.files.length ? data.files.join(", ") : null;
  const card = data.body ? null : maybeCustomers(`item.card.${data.message_kind}`);
  return (
    <>
      <span class="quiet">
        {whoOf(kind, data)}
        {data.channel && ` · ${maybeCustomers(`channel.${data.channel}`) ?? data.channel}`}
        {data.subject && ` · ${data.subject}`}
      </span>
      {data.body && <span class="customer-said">{data.body}</span>}
      {card && <span>{card}</span>}
      {files && <span class="quiet">{ct("item.files", { list: files })}</span>}
    </>
  );
}

function What({ item }: { item: CustomerTimelineItem }) {
  const data = item.data as Data;
  const talk = `/desk/inbox/all/${data.conversation_id}`;
  switch (item.kind) {
    case "message":
    case "note":
      return (
        <a class="customer-item-text" href={talk}>
          <Text kind={item.kind} data={data} />
        </a>
      );
    case "customer_note":
      return (
        <div class="customer-item-text">
          <Text kind={item.kind} data={data} />
        </div>
      );
    case "call":
      return <a href={talk}>{callText(data)}</a>;
    case "visit":
      return <span>{ct("item.visit", { count: Number(data.page_count) })}</span>;
    case "order":
      return (
        <a href={`/desk/orders/${item.id}`}>
          {ct("item.order", { number: String(data.number) })} ·{" "}
          {formats().money({ minor: Number(data.total_minor), currency: String(data.currency) })}
        </a>
      );
    case "order_entry":
      return (
        <a href={`/desk/orders/${data.order_id}`}>
          {ct("item.order", { number: String(data.number) })}:{" "}
          {maybeText(`entry.${data.entry}`) ?? data.entry}
        </a>
      );
  }
}

/** Returns the timeline from its beginning to at least so many items, if there are as many. */
async function readAsMuch(
  id: string,
  filter: TimelineFilter,
  count: number,
): Promise<CustomerTimeline> {
  let page = await readTimeline(id, filter, null);
  let { items } = page;
  while (page.next && items.length < count) {
    page = await readTimeline(id, filter, page.next);
    items = [...items, ...page.items];
  }
  return { items, next: page.next };
}

/** Everything that was between the customer and the shop, the newest first. */
export function Timeline({ id, live }: { id: string; live: LiveCustomer }) {
  const show = useSignal<TimelineFilter>("all");
  const filter = show.value;
  const source = useMemo(() => {
    // What is on the screen stays there when it is asked for again, and not only its beginning.
    const timeline: Resource<CustomerTimeline> = resource(() =>
      readAsMuch(id, filter, timeline.state.peek().value?.items.length ?? 0),
    );
    return timeline;
  }, [id, filter]);
  const isMore = useSignal(false);
  useEffect(() => {
    void source.load();
    return live.alongside(source.load);
  }, [source, live]);
  const { value, error } = source.state.value;
  async function more() {
    const cursor = value?.next;
    if (!cursor || isMore.peek()) return;
    isMore.value = true;
    try {
      const page = await readTimeline(id, filter, cursor);
      // Asked for again meanwhile, it may have been taken in already.
      source.change((known) =>
        known.next === cursor ? { items: [...known.items, ...page.items], next: page.next } : known,
      );
    } finally {
      isMore.value = false;
    }
  }
  return (
    <section class="stack customer-timeline" aria-label={ct("timeline")}>
      <h3>{ct("timeline")}</h3>
      <div class="tabs" role="group" aria-label={ct("show")}>
        {FILTERS.map((one) => (
          <button
            key={one}
            type="button"
            aria-pressed={one === filter}
            onClick={() => (show.value = one)}
          >
            {ct(`show.${one}`)}
          </button>
        ))}
      </div>
      {value?.items.length === 0 && <p class="quiet">{ct("timeline.none")}</p>}
      {!value && !error && <Skeleton lines={6} />}
      {error && !value && <Failed error={error} retry={source.load} small />}
      <ol class="customer-items">
        {value?.items.map((item) => (
          <li key={item.id} class={`customer-item is-${item.kind}`}>
            <Icon of={ICONS[item.kind]} size={16} />
            <What item={item} />
            <time class="quiet" dateTime={item.at}>
              {formats().moment(item.at)}
            </time>
          </li>
        ))}
      </ol>
      {value?.next && (
        <div class="row">
          <Button small busy={isMore.value} onClick={() => void more()}>
            {ct("timeline.more")}
          </Button>
        </div>
      )}
    </section>
  );
}
