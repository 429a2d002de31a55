import { useSignal } from "@preact/signals";
import { Button, Dialog, SelectField, TextField } from "@stoa/ui";
import { type CustomerPage, writeFirst } from "../api/customers.ts";
import { useForm } from "../app/form.ts";
import { go } from "../app/router.ts";
import { t } from "../app/texts.ts";
import { FormProblem } from "../session/gate.tsx";
import { shopOf, start } from "../session/store.ts";
import { ct } from "./words.ts";

const REACHED = ["email", "phone", "messenger"];

/** The addresses at which the customer can be written to. */
export const reachedAt = (page: CustomerPage) =>
  page.points.filter(({ kind }) => REACHED.includes(kind));

/** Where the shop's first word to a customer goes, and what it is about; the text is written in the
 * conversation that opens. */
export function WriteDialog({ page, onClose }: { page: CustomerPage; onClose: () => void }) {
  const form = useForm();
  const points = reachedAt(page);
  const pointId = useSignal(points[0]?.id ?? "");
  const shopId = useSignal(shopOf()?.id ?? "");
  const subject = useSignal("");
  const shops = start.value?.shops ?? [];
  const isMail = points.find(({ id }) => id === pointId.value)?.kind === "email";
  const onSubmit = form.submit(async () => {
    const { conversation_id } = await writeFirst(page.id, {
      shop_id: shopId.value,
      point_id: pointId.value,
      subject: isMail ? subject.value : "",
    });
    go({ page: "inbox", view: "mine", id: conversation_id });
  });
  return (
    <Dialog title={ct("write")} closeLabel={t("action.close")} onClose={onClose}>
      <form class="stack" onSubmit={onSubmit} noValidate>
        <FormProblem text={form.summary()} />
        {shops.length > 1 && (
          <SelectField
            label={t("filter.shop")}
            value={shopId.value}
            options={shops.map(({ id, name }) => [id, name] as const)}
            onChange={(event) => (shopId.value = event.currentTarget.value)}
          />
        )}
        <SelectField
          label={ct("write.to")}
          value={pointId.value}
          options={points.map(({ id, value }) => [id, value] as const)}
          onChange={(event) => (pointId.value = event.currentTarget.value)}
        />
        {isMail && (
          <TextField
            label={ct("write.subject")}
            value={subject.value}
            maxLength={300}
            autocomplete="off"
            error={form.errorOf("subject")}
            onInput={(event) => (subject.value = event.currentTarget.value)}
          />
        )}
        <Button look="primary" type="submit" busy={form.isBusy.value}>
          {ct("write.do")}
        </Button>
      </form>
    </Dialog>
  );
}
