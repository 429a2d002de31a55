import { useSignal } from "@preact/signals";
import { Button, Dialog, TextField } from "@stoa/ui";
import { addInbox, type ChannelType, changeInbox, type Inbox } from "../api/channels.ts";
import { useForm } from "../app/form.ts";
import { t } from "../app/texts.ts";
import { FormProblem } from "../session/gate.tsx";
import { Fields } from "./fields.tsx";
import { blank, type Schema, withValue } from "./schema.ts";
import { channelName, channelText } from "./words.ts";

interface InboxDialogProps {
  type: ChannelType;
  /** None: a new one for this shop. */
  inbox: Inbox | null;
  shopId: string;
  /** What is registered at a provider one signs in at. */
  redirectUrl: string;
  onClose: () => void;
  onSaved: () => void;
}

/** The form of an inbox, made from what its channel says of its settings. */
export function InboxDialog({
  type,
  inbox,
  shopId,
  redirectUrl,
  onClose,
  onSaved,
}: InboxDialogProps) {
  const root = type.fields as Schema;
  const name = useSignal(inbox?.name ?? "");
  const settings = useSignal<Record<string, unknown>>({
    ...(blank(root, root) as Record<string, unknown>),
    ...inbox?.settings,
  });
  const form = useForm(() => [name.peek(), settings.peek()]);
  const save = form.submit(async () => {
    const body = { name: name.value.trim(), settings: settings.value };
    if (inbox) await changeInbox(inbox.id, body);
    else await addInbox({ ...body, shop_id: shopId, channel: type.code });
    onSaved();
    onClose();
  });
  const title = inbox ? inbox.name : t("channels.connect", { name: channelName(type.code) });
  return (
    <Dialog title={title} closeLabel={t("action.close")} onClose={() => form.leave(onClose)} wide>
      <form class="stack" onSubmit={save} noValidate>
        <FormProblem text={form.summary()} />
        <p class="quiet">{channelText(`channel.${type.code}.intro`)}</p>
        <TextField
          label={t("channels.name")}
          hint={t("channels.nameHint")}
          value={name.value}
          maxLength={100}
          error={form.errorOf("name")}
          onInput={(event) => (name.value = event.currentTarget.value)}
        />
        <Fields
          channel={type.code}
          root={root}
          schema={root}
          values={settings.value}
          path={[]}
          place={[]}
          whole={settings.value}
          known={inbox?.secrets ?? []}
          form={form}
          redirectUrl={redirectUrl}
          change={(path, value) => (settings.value = withValue(settings.value, path, value))}
        />
        <Button look="primary" type="submit" busy={form.isBusy.value}>
          {t("action.save")}
        </Button>
      </form>
    </Dialog>
  );
}
