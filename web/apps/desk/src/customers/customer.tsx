import back from "lucide:arrow-left";
import messages from "lucide:messages-square";
import pencil from "lucide:pencil";
import send from "lucide:send";
import { useSignal } from "@preact/signals";
import { LANGUAGE_NAMES, type Tag } from "@stoa/i18n";
import { Banner, Button, Icon, TextArea } from "@stoa/ui";
import { useEffect, useMemo } from "preact/hooks";
import { addNote, type CustomerPage } from "../api/customers.ts";
import { Awaited } from "../app/failed.tsx";
import { useForm } from "../app/form.ts";
import { go } from "../app/router.ts";
import { formats, t } from "../app/texts.ts";
import { FormProblem } from "../session/gate.tsx";
import { Addresses } from "./addresses.tsx";
import { Consents } from "./consents.tsx";
import { EditDialog } from "./edit.tsx";
import { Law } from "./law.tsx";
import { type LiveCustomer, openCustomer } from "./live.ts";
import { Merges } from "./merging.tsx";
import { Proposals } from "./proposals.tsx";
import { loadCustomers } from "./store.ts";
import { Timeline } from "./timeline.tsx";
import { ct, maybeCustomers } from "./words.ts";
import { reachedAt, WriteDialog } from "./write.tsx";

/** Takes the page as an answer shows it. */
export type Take = (page: CustomerPage) => void;

export function titleOf({ name, points, erased_at }: CustomerPage): string {
  if (erased_at) return ct("erased");
  return name || points[0]?.value || ct("nameless");
}

function Facts({ page }: { page: CustomerPage }) {
  const channel = page.preferred_channel;
  const facts: [string, string][] = [
    [ct("language"), LANGUAGE_NAMES[page.locale as Tag] ?? page.locale],
    [
      ct("preferred"),
      channel ? (maybeCustomers(`channel.${channel}`) ?? channel) : ct("preferred.none"),
    ],
    [ct("known.since"), formats().date(page.created_at)],
    ...page.spent.map(({ total_minor: minor, currency }): [string, string] => [
      ct("spent"),
      formats().money({ minor, currency }),
    ]),
  ];
  return (
    <dl class="facts">
      {facts.map(([label, value]) => (
        <>
          <dt>{label}</dt>
          <dd>{value}</dd>
        </>
      ))}
    </dl>
  );
}

function Notes({ page, take }: { page: CustomerPage; take: Take }) {
  const text = useSignal("");
  const form = useForm(() => text.peek());
  const onSubmit = form.submit(async () => {
    const body = text.peek();
    take(await addNote(page.id, body));
    form.keep(() => {
      text.value = "";
    });
    // Whoever typed on while it was being added begins the next one.
    const later = text.peek();
    if (later.startsWith(body)) text.value = later.slice(body.length).trimStart();
  });
  return (
    <section class="stack">
      <h3>{ct("notes")}</h3>
      <form class="stack" onSubmit={onSubmit}>
        <FormProblem text={form.summary()} />
        <TextArea
          label={ct("note.label")}
          rows={2}
          maxLength={5000}
          value={text.value}
          error={form.errorOf("body")}
          onInput={(event) => (text.value = event.currentTarget.value)}
        />
        <div class="row">
          <Button type="submit" busy={form.isBusy.value} disabled={!text.value.trim()}>
            {ct("note.add")}
          </Button>
        </div>
      </form>
      {page.notes.map((note) => (
        <div key={note.id} class="customer-note">
          <p>{note.body}</p>
          <span class="quiet">
            {note.staff_name} · {formats().moment(note.created_at)}
          </span>
        </div>
      ))}
    </section>
  );
}

interface LoadedProps {
  page: CustomerPage;
  live: LiveCustomer;
  reload: () => void;
}

function Loaded({ page, live, reload }: LoadedProps) {
  const { take } = live;
  const isEditing = useSignal(false);
  const isWriting = useSignal(false);
  const talk = page.newest_conversation_id;
  if (page.erased_at) {
    return (
      <div class="pane-scroll customer">
        <Banner tone="neutral">
          {ct("erased.text", { date: formats().date(page.erased_at) })}
        </Banner>
        <Timeline id={page.id} live={live} />
      </div>
    );
  }
  return (
    <div class="pane-scroll customer">
      <Proposals page={page} take={take} reload={reload} />
      <div class="row wrap">
        {talk && (
          <a class="ui-button ui-button-plain" href={`/desk/inbox/all/${talk}`}>
            <Icon of={messages} size={16} /> {ct("conversation.open")}
          </a>
        )}
        {reachedAt(page).length > 0 && (
          <Button icon={send} onClick={() => (isWriting.value = true)}>
            {ct("write")}
          </Button>
        )}
        <Button icon={pencil} onClick={() => (isEditing.value = true)}>
          {ct("edit")}
        </Button>
      </div>
      <div class="customer-columns">
        <div class="stack">
          <Facts page={page} />
          <Addresses page={page} take={take} />
          <Consents page={page} take={take} />
          <Notes page={page} take={take} />
          <Merges page={page} take={take} />
          <Law page={page} reload={reload} />
        </div>
        <Timeline id={page.id} key={page.id} live={live} />
      </div>
      {isEditing.value && (
        <EditDialog page={page} take={take} onClose={() => (isEditing.value = false)} />
      )}
      {isWriting.value && <WriteDialog page={page} onClose={() => (isWriting.value = false)} />}
    </div>
  );
}

/** One customer: who they are, what may be done, and everything that was between us. */
export function CustomerPane({ id }: { id: string }) {
  const live = useMemo(() => openCustomer(id), [id]);
  useEffect(() => live.close, [live]);
  const { value: page } = live.page.state.value;
  const foundId = page?.id;
  useEffect(() => {
    // Whoever was merged into somebody is that one now.
    if (foundId && foundId !== id) go({ page: "customers", id: foundId }, { replace: true });
  }, [foundId, id]);
  const reload = () => {
    void live.refresh();
    void loadCustomers();
  };
  return (
    <>
      <header class="pane-head">
        <a class="ui-icon-button narrow-only" href="/desk/customers" aria-label={t("action.back")}>
          <Icon of={back} />
        </a>
        <h2 class="grow">{page ? titleOf(page) : ct("title")}</h2>
      </header>
      {page ? (
        <Loaded page={page} live={live} reload={reload} />
      ) : (
        <Awaited of={live.page} lines={8} />
      )}
    </>
  );
}
