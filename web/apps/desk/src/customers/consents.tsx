import plus from "lucide:plus";
import { useSignal } from "@preact/signals";
import { Badge, Button, Dialog, SelectField, TextField } from "@stoa/ui";
import {
  addConsent,
  type ConsentRequestView,
  type ConsentView,
  type CustomerPage,
} from "../api/customers.ts";
import { useForm } from "../app/form.ts";
import { formats, t } from "../app/texts.ts";
import { FormProblem } from "../session/gate.tsx";
import type { Take } from "./customer.tsx";
import { ct, maybeCustomers } from "./words.ts";

const PURPOSES = ["urgent", "marketing", "service"] as const;
const STATES = ["given", "refused", "withdrawn"] as const;
const WAYS = ["spoken", "written"] as const;
const PROOFS = ["ip", "order", "request", "asked_at", "asked_by", "asked_ip"] as const;
const TONES = { given: "good", refused: "neutral", withdrawn: "bad" } as const;

interface Props {
  page: CustomerPage;
  take: Take;
}

function channelName(code: string): string {
  return maybeCustomers(`channel.${code}`) ?? code;
}

/** What one could show to whoever doubts the entry, in words. */
function proofs(proof: Readonly<Record<string, string>>): string[] {
  const written = {
    ...proof,
    ...(proof.asked_by && { asked_by: channelName(proof.asked_by) }),
    ...(proof.asked_at && { asked_at: formats().dateTime(proof.asked_at) }),
  };
  return Object.entries(written).map(([name, value]) => {
    const known = PROOFS.find((one) => one === name);
    return known ? ct(`proof.${known}`, { value }) : value;
  });
}

/** Asked for at the address, and not answered. */
function Waiting({ request }: { request: ConsentRequestView }) {
  const asked = ct("consent.asked", {
    at: formats().dateTime(request.asked_at),
    until: formats().dateTime(request.expires_at),
  });
  return (
    <li class="customer-consent">
      <span class="row wrap">
        <strong>{ct(`purpose.${request.purpose}`)}</strong>
        <Badge tone={request.is_open ? "warn" : "neutral"}>
          {ct(request.is_open ? "consent.pending" : "consent.ended")}
        </Badge>
      </span>
      <span class="customer-value">{request.address}</span>
      <span class="quiet">{[asked, channelName(request.source)].join(" · ")}</span>
      <q class="quiet" lang={request.locale}>
        {request.wording}
      </q>
    </li>
  );
}

function Entry({ entry }: { entry: ConsentView }) {
  const { channel } = entry;
  const facts = [
    formats().dateTime(entry.at),
    ct(`how.${entry.how}`),
    channel && channelName(channel),
    entry.recorded_by && ct("consent.by", { name: entry.recorded_by }),
    ct("consent.version", { version: entry.wording_version }),
    ...proofs(entry.proof),
  ];
  return (
    <li class="customer-consent">
      <span class="row wrap">
        <strong>{ct(`purpose.${entry.purpose}`)}</strong>
        <Badge tone={TONES[entry.state]}>{ct(`state.${entry.state}`)}</Badge>
      </span>
      {entry.address && <span class="customer-value">{entry.address}</span>}
      <span class="quiet">{facts.filter(Boolean).join(" · ")}</span>
      <q class="quiet" lang={entry.locale}>
        {entry.wording}
      </q>
    </li>
  );
}

function ConsentDialog({ page, take, onClose }: Props & { onClose: () => void }) {
  const form = useForm();
  const pointId = useSignal(page.points[0]?.id ?? "");
  const purpose = useSignal<(typeof PURPOSES)[number]>("urgent");
  const state = useSignal<(typeof STATES)[number]>("given");
  const how = useSignal<(typeof WAYS)[number]>("spoken");
  const note = useSignal("");
  const kind = page.points.find(({ id }) => id === pointId.value)?.kind ?? "";
  const isAsked =
    purpose.value === "marketing" &&
    state.value === "given" &&
    (kind === "email" || kind === "phone");
  const onSubmit = form.submit(async () => {
    const said = {
      point_id: pointId.value,
      purpose: purpose.value,
      state: state.value,
      how: how.value,
      note: note.value,
    };
    take(await addConsent(page.id, said));
    onClose();
  });
  return (
    <Dialog title={ct("consent.add")} closeLabel={t("action.close")} onClose={onClose}>
      <form class="stack" onSubmit={onSubmit}>
        <FormProblem text={form.summary()} />
        <SelectField
          label={ct("consent.about")}
          value={pointId.value}
          options={page.points.map(({ id, value }) => [id, value] as const)}
          onChange={(event) => (pointId.value = event.currentTarget.value)}
        />
        <SelectField
          label={ct("consent.purpose")}
          value={purpose.value}
          options={PURPOSES.map((one) => [one, ct(`purpose.${one}`)] as const)}
          onChange={(event) => (purpose.value = event.currentTarget.value as typeof purpose.value)}
        />
        <p class="quiet">
          {ct("consent.readOut")}{" "}
          <q lang={page.locale}>{page.consent_words[kind]?.[purpose.value]}</q>
        </p>
        <SelectField
          label={ct("consent.answer")}
          value={state.value}
          options={STATES.map((one) => [one, ct(`state.${one}`)] as const)}
          onChange={(event) => (state.value = event.currentTarget.value as typeof state.value)}
        />
        {isAsked ? (
          <p>{ct("consent.isAsked")}</p>
        ) : (
          <SelectField
            label={ct("consent.how")}
            value={how.value}
            options={WAYS.map((one) => [one, ct(`how.${one}`)] as const)}
            onChange={(event) => (how.value = event.currentTarget.value as typeof how.value)}
          />
        )}
        <TextField
          label={ct("consent.note")}
          value={note.value}
          maxLength={2000}
          error={form.errorOf("note")}
          onInput={(event) => (note.value = event.currentTarget.value)}
        />
        <Button look="primary" type="submit" busy={form.isBusy.value}>
          {ct(isAsked ? "consent.ask" : "consent.add")}
        </Button>
      </form>
    </Dialog>
  );
}

/** What the customer agreed to, as it stands, and everything that was ever said about it. */
export function Consents({ page, take }: Props) {
  const isAdding = useSignal(false);
  const standing = page.consents.filter(({ is_standing }) => is_standing);
  return (
    <section class="stack">
      <h3>{ct("consents")}</h3>
      {page.consent_requests.length > 0 && (
        <ul class="stack">
          {page.consent_requests.map((request) => (
            <Waiting key={request.id} request={request} />
          ))}
        </ul>
      )}
      {standing.length === 0 && <p class="quiet">{ct("consents.none")}</p>}
      <ul class="stack">
        {standing.map((entry) => (
          <Entry key={entry.id} entry={entry} />
        ))}
      </ul>
      {page.consents.length > standing.length && (
        <details>
          <summary>{ct("consents.history", { count: page.consents.length })}</summary>
          <ul class="stack">
            {page.consents.map((entry) => (
              <Entry key={entry.id} entry={entry} />
            ))}
          </ul>
        </details>
      )}
      {page.points.length > 0 && (
        <div class="row">
          <Button small icon={plus} onClick={() => (isAdding.value = true)}>
            {ct("consent.add")}
          </Button>
        </div>
      )}
      {isAdding.value && (
        <ConsentDialog page={page} take={take} onClose={() => (isAdding.value = false)} />
      )}
    </section>
  );
}
