import lock from "lucide:lock";
import paperclip from "lucide:paperclip";
import searchIcon from "lucide:search";
import searchX from "lucide:search-x";
import { LANGUAGE_NAMES, TAGS } from "@stoa/i18n";
import { Button, Empty, Icon, SelectField, Skeleton, Spinner, TextField } from "@stoa/ui";
import { useEffect } from "preact/hooks";
import type { ConversationHit, CustomerHit, OrderHit, SnippetPiece } from "../api/teamwork.ts";
import { Failed } from "../app/failed.tsx";
import { SinglePane } from "../app/panes.tsx";
import type { View } from "../app/router.ts";
import { formats, t } from "../app/texts.ts";
import { titleOf } from "../conversations/row.tsx";
import { shopOf } from "../session/store.ts";
import {
  assigneeOptions,
  CHANNELS,
  channelName,
  stateOptions,
  tagOptions,
} from "../teamwork/filter-fields.tsx";
import { TagChips } from "../teamwork/tag-chips.tsx";
import { find, isSearching, problem, results, type Wish, wish } from "./store.ts";

function Marked({ pieces }: { pieces: readonly SnippetPiece[] }) {
  return (
    <>
      {pieces.map(({ text, is_hit }, index) => (is_hit ? <mark key={index}>{text}</mark> : text))}
    </>
  );
}

function pathTo({ conversation: { id, state, snoozed_at } }: ConversationHit): string {
  const view: View = state === "closed" ? "closed" : snoozed_at ? "snoozed" : "all";
  return `/desk/inbox/${view}/${id}`;
}

function Conversation({ hit }: { hit: ConversationHit }) {
  const { conversation, where } = hit;
  const icon = { note: lock, file: paperclip, message: null, head: null }[where];
  return (
    <li>
      <a class="found" href={pathTo(hit)}>
        <span class="found-head">
          <strong>{titleOf(conversation)}</strong>
          <TagChips row={conversation} most={3} />
          {conversation.state === "closed" && <span class="tag">{t("view.closed")}</span>}
          <span class="grow" />
          <time class="quiet" dateTime={hit.at}>
            {formats().moment(hit.at)}
          </time>
        </span>
        <span class="found-text">
          {icon && (
            <Icon of={icon} size={13} label={t(where === "note" ? "note.label" : "search.file")} />
          )}{" "}
          <Marked pieces={hit.snippet} />
        </span>
      </a>
    </li>
  );
}

function Order({ hit }: { hit: OrderHit }) {
  return (
    <li>
      <a class="found" href={`/desk/orders/${hit.id}`}>
        <span class="found-head">
          <strong>
            <Marked pieces={hit.number} />
          </strong>
          <span class="grow">
            <Marked pieces={hit.name} />
          </span>
          <span>{formats().money({ minor: hit.total_minor, currency: hit.currency })}</span>
        </span>
        <span class="found-text">
          <Marked pieces={hit.email} /> · {formats().moment(hit.placed_at)}
        </span>
      </a>
    </li>
  );
}

function Customer({ hit }: { hit: CustomerHit }) {
  return (
    <li>
      <a class="found" href={`/desk/customers/${hit.id}`}>
        <span class="found-head">
          <strong>
            {hit.name.length ? <Marked pieces={hit.name} /> : t("conversation.visitor")}
          </strong>
        </span>
        <span class="found-text">
          {hit.points.map((point, index) => (
            <span key={index}>
              {index > 0 && " · "}
              <Marked pieces={point} />
            </span>
          ))}
        </span>
        {hit.note.length > 0 && (
          <span class="found-text">
            <Icon of={lock} size={13} label={t("note.label")} /> <Marked pieces={hit.note} />
          </span>
        )}
      </a>
    </li>
  );
}

function Filters() {
  const change = (more: Partial<Wish>) => {
    wish.value = { ...wish.peek(), ...more };
  };
  const { state, assignee, channel, locale, tag_id, since, until } = wish.value;
  // On a phone they would push what was found off the screen.
  const isNarrow = matchMedia("(max-width: 760px)").matches;
  const isNarrowed = Boolean(channel || locale || tag_id || since || until);
  return (
    <details class="search-more" open={!isNarrow || isNarrowed}>
      <summary>{t("filter.title")}</summary>
      <div class="search-filters">
        <SelectField
          label={t("filter.state")}
          value={state}
          options={stateOptions()}
          onChange={(event) => change({ state: event.currentTarget.value })}
        />
        <SelectField
          label={t("filter.assignee")}
          value={assignee}
          options={assigneeOptions()}
          onChange={(event) => change({ assignee: event.currentTarget.value })}
        />
        <SelectField
          label={t("filter.channel")}
          value={channel}
          options={[
            ["", t("filter.anyChannel")],
            ...CHANNELS.map((code): [string, string] => [code, channelName(code)]),
          ]}
          onChange={(event) => change({ channel: event.currentTarget.value })}
        />
        <SelectField
          label={t("filter.language")}
          value={locale}
          options={[
            ["", t("filter.anyLanguage")],
            ...TAGS.map((tag): [string, string] => [tag, LANGUAGE_NAMES[tag]]),
          ]}
          onChange={(event) => change({ locale: event.currentTarget.value })}
        />
        <SelectField
          label={t("filter.tag")}
          value={tag_id}
          options={tagOptions(shopOf()?.id)}
          onChange={(event) => change({ tag_id: event.currentTarget.value })}
        />
        <TextField
          label={t("filter.since")}
          type="date"
          value={since}
          onChange={(event) => change({ since: event.currentTarget.value })}
        />
        <TextField
          label={t("filter.until")}
          type="date"
          value={until}
          onChange={(event) => change({ until: event.currentTarget.value })}
        />
      </div>
    </details>
  );
}

function Results() {
  const found = results.value;
  if (problem.value) return <Failed error={problem.value} retry={() => find()} />;
  if (!found) {
    if (isSearching.value) return <Skeleton lines={6} />;
    return (
      <Empty icon={searchIcon} title={t("search.begin")}>
        <p>{t("search.beginNext")}</p>
      </Empty>
    );
  }
  const { conversations, orders, customers, next } = found;
  if (conversations.length + orders.length + customers.length === 0) {
    return <Empty icon={searchX} title={t("search.nothing")} />;
  }
  return (
    <div class="search-groups">
      {customers.length > 0 && (
        <section aria-label={t("search.customers")}>
          <h2>{t("search.customers")}</h2>
          <ul>
            {customers.map((hit) => (
              <Customer key={hit.id} hit={hit} />
            ))}
          </ul>
        </section>
      )}
      {orders.length > 0 && (
        <section aria-label={t("nav.orders")}>
          <h2>{t("nav.orders")}</h2>
          <ul>
            {orders.map((hit) => (
              <Order key={hit.id} hit={hit} />
            ))}
          </ul>
        </section>
      )}
      {conversations.length > 0 && (
        <section aria-label={t("nav.inbox")}>
          <h2>{t("nav.inbox")}</h2>
          <ul>
            {conversations.map((hit) => (
              <Conversation key={hit.conversation.id} hit={hit} />
            ))}
          </ul>
          {next && (
            <Button busy={isSearching.value} onClick={() => find({ more: true })}>
              {t("search.more")}
            </Button>
          )}
        </section>
      )}
    </div>
  );
}

const TYPING_PAUSE_MS = 150;

/** Everything anybody wrote or ordered, by its words. */
export function SearchPage() {
  useEffect(() => {
    const timer = setTimeout(find, TYPING_PAUSE_MS);
    return () => clearTimeout(timer);
  }, [wish.value]);
  useEffect(() => {
    const field = document.getElementById("desk-search");
    if (field instanceof HTMLInputElement) field.select();
  }, []);
  return (
    <SinglePane>
      <header class="pane-head">
        <h1>{t("nav.search")}</h1>
        {isSearching.value && <Spinner label={t("nav.search")} />}
      </header>
      <div class="page search-page" role="search">
        <TextField
          id="desk-search"
          label={t("search.label")}
          hint={t("search.hint")}
          type="search"
          autofocus
          autocomplete="off"
          value={wish.value.q}
          maxLength={200}
          onInput={({ currentTarget: { value } }) => {
            wish.value = { ...wish.peek(), q: value };
          }}
        />
        <Filters />
        <Results />
      </div>
    </SinglePane>
  );
}
