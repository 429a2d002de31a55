import { useSignal } from "@preact/signals";
import { Button, TextField } from "@stoa/ui";
import type { ConversationRow } from "../api/conversations.ts";
import { knowCustomer } from "../api/customers.ts";
import { useForm } from "../app/form.ts";
import { go } from "../app/router.ts";
import { t } from "../app/texts.ts";
import { FormProblem } from "../session/gate.tsx";

/** Makes a customer of whoever has left no address, so that they have a page like everybody. */
export function KnowForm({ row }: { row: ConversationRow }) {
  const isOpen = useSignal(false);
  const name = useSignal(row.contact_name);
  const form = useForm();
  const onSubmit = form.submit(async () => {
    const { id } = await knowCustomer(row.id, name.value);
    go({ page: "customers", id });
  });
  if (!isOpen.value) {
    return (
      <div class="stack">
        <p class="quiet">{t("side.know.hint")}</p>
        <div>
          <Button small onClick={() => (isOpen.value = true)}>
            {t("side.know")}
          </Button>
        </div>
      </div>
    );
  }
  return (
    <form class="stack" onSubmit={onSubmit} noValidate>
      <FormProblem text={form.summary()} />
      <TextField
        label={t("side.know.name")}
        value={name.value}
        maxLength={200}
        autocomplete="off"
        autofocus
        error={form.errorOf("name")}
        onInput={(event) => (name.value = event.currentTarget.value)}
      />
      <div class="row">
        <Button small look="primary" type="submit" busy={form.isBusy.value}>
          {t("side.know")}
        </Button>
        <Button small look="quiet" onClick={() => (isOpen.value = false)}>
          {t("action.cancel")}
        </Button>
      </div>
    </form>
  );
}
