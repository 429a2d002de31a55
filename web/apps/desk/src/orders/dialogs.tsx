import { useSignal } from "@preact/signals";
import { Button, Checkbox, Dialog, TextField } from "@stoa/ui";
import { cancel, type OrderAnswer, type OrderDetail, ship } from "../api/orders.ts";
import { useForm } from "../app/form.ts";
import { t } from "../app/texts.ts";
import { FormProblem } from "../session/gate.tsx";

interface DialogProps {
  order: OrderDetail;
  take: (answer: OrderAnswer) => void;
  onClose: () => void;
}

export function ShipDialog({ order, take, onClose }: DialogProps) {
  const form = useForm();
  const carrier = useSignal("");
  const number = useSignal("");
  const url = useSignal("");
  const fields = [
    ["carrier", carrier, t("ship.carrier")],
    ["number", number, t("ship.number")],
    ["url", url, t("ship.url")],
  ] as const;
  const onSubmit = form.submit(async () => {
    const tracking = { carrier: carrier.value, number: number.value, url: url.value };
    take(await ship(order.id, tracking));
    onClose();
  });
  return (
    <Dialog title={t("order.ship")} closeLabel={t("action.close")} onClose={onClose}>
      <form class="stack" onSubmit={onSubmit}>
        <p class="quiet">{t("ship.text")}</p>
        <FormProblem text={form.summary()} />
        {fields.map(([name, value, label]) => (
          <TextField
            key={name}
            label={label}
            inputMode={name === "url" ? "url" : "text"}
            value={value.value}
            error={form.errorOf(name)}
            onInput={(event) => (value.value = event.currentTarget.value)}
          />
        ))}
        <Button look="primary" type="submit" busy={form.isBusy.value}>
          {t("ship.submit")}
        </Button>
      </form>
    </Dialog>
  );
}

export function CancelDialog({ order, take, onClose }: DialogProps) {
  const form = useForm();
  const reason = useSignal("");
  const restock = useSignal(true);
  const onSubmit = form.submit(async () => {
    const body = { reason: reason.value.trim(), restock: restock.value };
    take(await cancel(order.id, body));
    onClose();
  });
  return (
    <Dialog title={t("order.cancel")} closeLabel={t("action.close")} onClose={onClose}>
      <form class="stack" onSubmit={onSubmit}>
        <p class="quiet">{t("cancel.text", { number: order.number })}</p>
        <FormProblem text={form.summary()} />
        <TextField
          label={t("cancel.reason")}
          value={reason.value}
          maxLength={200}
          error={form.errorOf("reason")}
          onInput={(event) => (reason.value = event.currentTarget.value)}
        />
        <Checkbox
          label={t("cancel.restock")}
          checked={restock.value}
          onChange={(isChecked) => (restock.value = isChecked)}
        />
        <Button look="danger" type="submit" busy={form.isBusy.value}>
          {t("cancel.submit")}
        </Button>
      </form>
    </Dialog>
  );
}
