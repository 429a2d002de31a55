import { useSignal } from "@preact/signals";
import { Button, Dialog, SelectField, Skeleton, TextField } from "@stoa/ui";
import { useEffect, useMemo } from "preact/hooks";
import {
  type ConversationRow,
  listShippingMethods,
  propose,
  type Suggestion,
} from "../api/conversations.ts";
import { useForm, wordsFor } from "../app/form.ts";
import { minorOf } from "../app/money.ts";
import { resource } from "../app/resource.ts";
import { formats, t } from "../app/texts.ts";
import { FormProblem } from "../session/gate.tsx";
import { shopOf } from "../session/store.ts";
import { ProductPicker } from "./product-picker.tsx";
import { newClientId } from "./thread-store.ts";

export type Picking = "product" | "discount" | "delivery";

interface PickingProps {
  row: ConversationRow;
  onClose: () => void;
}

/** What the agent puts on the counter: a product, a discount, a delivery. */
export function PickingDialog({ what, ...props }: PickingProps & { what: Picking }) {
  switch (what) {
    case "product":
      return <ProductPicker {...props} />;
    case "discount":
      return <DiscountDialog {...props} />;
    case "delivery":
      return <DeliveryDialog {...props} />;
  }
}

function useProposal(row: ConversationRow, onClose: () => void) {
  const form = useForm();
  const clientId = useMemo(newClientId, []);
  const submit = (make: () => Suggestion) =>
    form.submit(async () => {
      await propose(row.id, { client_id: clientId, suggestion: make() });
      onClose();
    });
  return { form, submit };
}

function DiscountDialog({ row, onClose }: PickingProps) {
  const { form, submit } = useProposal(row, onClose);
  const kind = useSignal<"percent" | "amount">("percent");
  const value = useSignal("10");
  const reason = useSignal("");
  const currency = shopOf(row.shop_id)?.currency ?? "EUR";
  const minor = minorOf(value.value, currency);
  const percent = Number.parseInt(value.value, 10);
  const isAmount = kind.value === "amount";
  const isValid = isAmount ? minor !== null && minor > 0 : percent >= 1 && percent <= 100;
  const onSubmit = submit(() =>
    isAmount
      ? { kind: "amount", amount_minor: minor ?? 0, reason: reason.value }
      : { kind: "percent", percent, reason: reason.value },
  );
  return (
    <Dialog title={t("pick.discount")} closeLabel={t("action.close")} onClose={onClose}>
      <form class="stack" onSubmit={onSubmit} noValidate>
        <FormProblem text={form.problem.value ? wordsFor(form.problem.value) : null} />
        <div class="columns">
          <SelectField
            label={t("discount.kind")}
            value={kind.value}
            options={[
              ["percent", t("discount.percent")],
              ["amount", t("discount.amount", { currency })],
            ]}
            onChange={(event) => (kind.value = event.currentTarget.value as "percent" | "amount")}
          />
          <TextField
            label={t("discount.value")}
            inputMode="decimal"
            value={value.value}
            autofocus
            onInput={(event) => (value.value = event.currentTarget.value)}
          />
        </div>
        <TextField
          label={t("discount.reason")}
          hint={t("discount.reasonHint")}
          value={reason.value}
          required
          maxLength={200}
          onInput={(event) => (reason.value = event.currentTarget.value)}
        />
        <Button
          look="primary"
          type="submit"
          busy={form.isBusy.value}
          disabled={!isValid || !reason.value.trim()}
        >
          {t("pick.propose")}
        </Button>
      </form>
    </Dialog>
  );
}

function DeliveryDialog({ row, onClose }: PickingProps) {
  const { form, submit } = useProposal(row, onClose);
  const methods = useMemo(() => resource(() => listShippingMethods(row.shop_id)), [row.shop_id]);
  useEffect(() => void methods.load(), [methods]);
  const chosen = useSignal("");
  const { value, error } = methods.state.value;
  const id = chosen.value || value?.items[0]?.id || "";
  return (
    <Dialog title={t("pick.delivery")} closeLabel={t("action.close")} onClose={onClose}>
      <form
        class="stack"
        onSubmit={submit(() => ({ kind: "delivery", shipping_method_id: id, reason: "" }))}
      >
        <FormProblem text={form.problem.value ? wordsFor(form.problem.value) : null} />
        {error && <FormProblem text={wordsFor(error)} />}
        {!value && !error && <Skeleton />}
        <fieldset class="choices">
          <legend class="visually-hidden">{t("pick.delivery")}</legend>
          {value?.items.map((method) => (
            <label key={method.id} class="choice">
              <input
                type="radio"
                name="method"
                checked={method.id === id}
                onChange={() => (chosen.value = method.id)}
              />
              <span class="grow">{method.name}</span>
              <span>
                {formats().money({ minor: method.price_minor, currency: method.currency })}
              </span>
            </label>
          ))}
        </fieldset>
        <Button look="primary" type="submit" busy={form.isBusy.value} disabled={!id}>
          {t("pick.propose")}
        </Button>
      </form>
    </Dialog>
  );
}
