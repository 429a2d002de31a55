import { useSignal } from "@preact/signals";
import { LANGUAGE_NAMES, TAGS, type Tag } from "@stoa/i18n";
import { Button, Dialog, SelectField, TextField } from "@stoa/ui";
import { type CustomerPage, changeCustomer } from "../api/customers.ts";
import { useForm } from "../app/form.ts";
import { t } from "../app/texts.ts";
import { FormProblem } from "../session/gate.tsx";
import type { Take } from "./customer.tsx";
import { ct, maybeCustomers } from "./words.ts";

const CHANNELS = ["chat", "call", "email", "sms"] as const;

interface Props {
  page: CustomerPage;
  take: Take;
  onClose: () => void;
}

/** How the customer is called, and the language and channel in which they are answered. */
export function EditDialog({ page, take, onClose }: Props) {
  const name = useSignal(page.name);
  const locale = useSignal(page.locale as Tag);
  const channel = useSignal(page.preferred_channel ?? "");
  const form = useForm(() => [name.peek(), locale.peek(), channel.peek()]);
  const known: readonly string[] = CHANNELS;
  const kept = page.preferred_channel && !known.includes(page.preferred_channel);
  const codes = kept ? [...CHANNELS, page.preferred_channel ?? ""] : CHANNELS;
  const onSubmit = form.submit(async () => {
    const changed = {
      name: name.value,
      locale: locale.value,
      preferred_channel: channel.value || null,
    };
    take(await changeCustomer(page.id, changed));
    onClose();
  });
  return (
    <Dialog title={ct("edit")} closeLabel={t("action.close")} onClose={() => form.leave(onClose)}>
      <form class="stack" onSubmit={onSubmit}>
        <FormProblem text={form.summary()} />
        <TextField
          label={ct("name")}
          value={name.value}
          maxLength={200}
          autocomplete="off"
          error={form.errorOf("name")}
          onInput={(event) => (name.value = event.currentTarget.value)}
        />
        <SelectField
          label={ct("language")}
          value={locale.value}
          options={TAGS.map((tag) => [tag, LANGUAGE_NAMES[tag]] as const)}
          onChange={(event) => (locale.value = event.currentTarget.value as Tag)}
        />
        <SelectField
          label={ct("preferred")}
          value={channel.value}
          options={[
            ["", ct("preferred.none")] as const,
            ...codes.map((code) => [code, maybeCustomers(`channel.${code}`) ?? code] as const),
          ]}
          onChange={(event) => (channel.value = event.currentTarget.value)}
        />
        <Button look="primary" type="submit" busy={form.isBusy.value}>
          {ct("save")}
        </Button>
      </form>
    </Dialog>
  );
}
