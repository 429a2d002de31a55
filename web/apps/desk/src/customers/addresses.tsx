import plus from "lucide:plus";
import trash from "lucide:trash-2";
import { useSignal } from "@preact/signals";
import { Badge, Button, Dialog, IconButton, SelectField, TextField } from "@stoa/ui";
import { addPoint, type ContactPointView, type CustomerPage, dropPoint } from "../api/customers.ts";
import { useForm } from "../app/form.ts";
import { t } from "../app/texts.ts";
import { FormProblem } from "../session/gate.tsx";
import type { Take } from "./customer.tsx";
import { ct, maybeCustomers } from "./words.ts";

const KINDS = ["email", "phone", "postal", "fax", "messenger"] as const;
type Kind = (typeof KINDS)[number];

interface Props {
  page: CustomerPage;
  take: Take;
}

function RemoveDialog(props: Props & { point: ContactPointView; onClose: () => void }) {
  const { point, page, take, onClose } = props;
  const form = useForm();
  const onSubmit = form.submit(async () => {
    take(await dropPoint(page.id, point.id));
    onClose();
  });
  return (
    <Dialog
      title={ct("point.remove", { value: point.value })}
      closeLabel={t("action.close")}
      onClose={onClose}
    >
      <form class="stack" onSubmit={onSubmit}>
        <FormProblem text={form.summary()} />
        <p>{ct("point.remove.text")}</p>
        <Button look="danger" type="submit" busy={form.isBusy.value}>
          {ct("point.remove.do")}
        </Button>
      </form>
    </Dialog>
  );
}

function Address({ point, page, take }: Props & { point: ContactPointView }) {
  const isAsking = useSignal(false);
  return (
    <li class="customer-point">
      <div class="grow">
        <span class="customer-value">{point.value}</span>
        <span class="row wrap quiet">
          <span>{ct(`point.${point.kind}`)}</span>
          <Badge tone={point.state === "verified" ? "good" : "neutral"}>
            {ct(`point.${point.state}`)}
          </Badge>
          <span>
            {ct("point.source", {
              source: maybeCustomers(`channel.${point.source}`) ?? point.source,
            })}
          </span>
        </span>
        {point.undeliverable_code !== null && (
          <Badge tone="bad">{ct("point.undeliverable", { code: point.undeliverable_code })}</Badge>
        )}
      </div>
      <IconButton
        icon={trash}
        label={ct("point.remove", { value: point.value })}
        onClick={() => (isAsking.value = true)}
      />
      {isAsking.value && (
        <RemoveDialog
          point={point}
          page={page}
          take={take}
          onClose={() => (isAsking.value = false)}
        />
      )}
    </li>
  );
}

function AddressDialog({ page, take, onClose }: Props & { onClose: () => void }) {
  const form = useForm();
  const kind = useSignal<Kind>("email");
  const value = useSignal("");
  const onSubmit = form.submit(async () => {
    take(await addPoint(page.id, { kind: kind.value, value: value.value }));
    onClose();
  });
  return (
    <Dialog title={ct("point.add")} closeLabel={t("action.close")} onClose={onClose}>
      <form class="stack" onSubmit={onSubmit}>
        <FormProblem text={form.summary()} />
        <SelectField
          label={ct("point.kind")}
          value={kind.value}
          options={KINDS.map((one) => [one, ct(`point.${one}`)] as const)}
          onChange={(event) => (kind.value = event.currentTarget.value as Kind)}
        />
        <TextField
          label={ct("point.value")}
          hint={ct("point.hint")}
          value={value.value}
          maxLength={1000}
          autocomplete="off"
          error={form.errorOf("value")}
          onInput={(event) => (value.value = event.currentTarget.value)}
        />
        <Button look="primary" type="submit" busy={form.isBusy.value}>
          {ct("point.add")}
        </Button>
      </form>
    </Dialog>
  );
}

/** How the customer is reached, what of it is proven, and where nothing arrives. */
export function Addresses({ page, take }: Props) {
  const isAdding = useSignal(false);
  return (
    <section class="stack">
      <h3>{ct("points")}</h3>
      {page.points.length === 0 && <p class="quiet">{ct("points.none")}</p>}
      <ul class="stack">
        {page.points.map((point) => (
          <Address key={point.id} point={point} page={page} take={take} />
        ))}
      </ul>
      <div class="row">
        <Button small icon={plus} onClick={() => (isAdding.value = true)}>
          {ct("point.add")}
        </Button>
      </div>
      {isAdding.value && (
        <AddressDialog page={page} take={take} onClose={() => (isAdding.value = false)} />
      )}
    </section>
  );
}
