import quote from "lucide:message-square-quote";
import pencil from "lucide:pencil";
import plus from "lucide:plus";
import trash from "lucide:trash-2";
import { useSignal } from "@preact/signals";
import { TAGS, type Tag } from "@stoa/i18n";
import { Button, Dialog, Empty, IconButton, TextArea, TextField } from "@stoa/ui";
import {
  changeSavedReply,
  createSavedReply,
  deleteSavedReply,
  type SavedReply,
} from "../api/conversations.ts";
import { perform } from "../app/act.ts";
import { useForm } from "../app/form.ts";
import { LanguageTabs } from "../app/language-tabs.tsx";
import { SinglePane } from "../app/panes.tsx";
import { language, t } from "../app/texts.ts";
import { VARIABLES } from "../conversations/saved-replies.ts";
import { FormProblem } from "../session/gate.tsx";
import { changeStart, shopOf, start } from "../session/store.ts";

const NAMES = VARIABLES.map((name) => `{{${name}}}`).join(", ");

function take(change: (replies: readonly SavedReply[]) => readonly SavedReply[]) {
  changeStart({ saved_replies: [...change(start.peek()?.saved_replies ?? [])] });
}

function contents({ shortcut, title, bodies }: SavedReply) {
  return { shortcut, title, bodies };
}

/** Deletes at once; the toast brings it back. */
async function remove(reply: SavedReply) {
  await perform(
    async () => {
      await deleteSavedReply(reply.id);
      take((replies) => replies.filter(({ id }) => id !== reply.id));
    },
    {
      text: t("replies.deleted", { title: reply.title }),
      run: async () => {
        const again = await createSavedReply(reply.shop_id, contents(reply));
        take((replies) => [...replies, again]);
      },
    },
  );
}

function ReplyDialog({ reply, onClose }: { reply: SavedReply | null; onClose: () => void }) {
  const shortcut = useSignal(reply?.shortcut ?? "");
  const title = useSignal(reply?.title ?? "");
  const bodies = useSignal<Readonly<Record<string, string>>>(reply?.bodies ?? {});
  const tag = useSignal<Tag>(language.peek());
  const form = useForm(() => [shortcut.peek(), title.peek(), bodies.peek()]);
  const onSubmit = form.submit(async () => {
    const filled = Object.entries(bodies.value).filter(([, text]) => text.trim());
    const body = {
      shortcut: shortcut.value.trim().toLowerCase(),
      title: title.value.trim(),
      bodies: Object.fromEntries(filled),
    };
    if (reply) {
      const changed = await changeSavedReply(reply.id, body);
      take((replies) => replies.map((one) => (one.id === reply.id ? changed : one)));
    } else {
      const made = await createSavedReply(shopOf()?.id ?? "", body);
      take((replies) => [...replies, made]);
    }
    onClose();
  });
  return (
    <Dialog
      title={reply ? t("replies.change") : t("replies.new")}
      closeLabel={t("action.close")}
      onClose={() => form.leave(onClose)}
      wide
    >
      <form class="stack" onSubmit={onSubmit} noValidate>
        <FormProblem text={form.summary()} />
        <div class="columns">
          <TextField
            label={t("replies.shortcut")}
            hint={t("replies.shortcutHint")}
            value={shortcut.value}
            error={form.errorOf("shortcut")}
            maxLength={30}
            onInput={(event) => (shortcut.value = event.currentTarget.value)}
          />
          <TextField
            label={t("replies.title")}
            value={title.value}
            error={form.errorOf("title")}
            maxLength={120}
            onInput={(event) => (title.value = event.currentTarget.value)}
          />
        </div>
        <LanguageTabs
          tags={TAGS}
          chosen={tag.value}
          choose={(one) => (tag.value = one)}
          hasText={(one) => Boolean(bodies.value[one]?.trim())}
        />
        <TextArea
          label={t("replies.body")}
          hint={t("replies.bodyHint", { list: NAMES })}
          value={bodies.value[tag.value] ?? ""}
          lang={tag.value}
          rows={7}
          maxLength={5000}
          error={form.errorOf("bodies") ?? form.errorOf(`bodies.${tag.value}`)}
          onInput={(event) =>
            (bodies.value = { ...bodies.value, [tag.value]: event.currentTarget.value })
          }
        />
        <Button look="primary" type="submit" busy={form.isBusy.value}>
          {t("action.save")}
        </Button>
      </form>
    </Dialog>
  );
}

/** The texts agents write again and again, in every language. */
export function RepliesPage() {
  const editing = useSignal<SavedReply | "new" | null>(null);
  const replies = start.value?.saved_replies ?? [];
  return (
    <SinglePane>
      <header class="pane-head">
        <h1 class="grow">{t("nav.replies")}</h1>
        <Button look="primary" icon={plus} onClick={() => (editing.value = "new")}>
          {t("replies.new")}
        </Button>
      </header>
      <div class="page">
        <p class="page-intro">{t("replies.intro")}</p>
        {replies.length === 0 && <Empty icon={quote} title={t("replies.empty")} />}
        <ul class="block-list">
          {replies.map((reply) => (
            <li key={reply.id} class="block-row">
              <span class="grow">
                <strong>/{reply.shortcut}</strong> {reply.title}
                <span class="quiet block">
                  {Object.keys(reply.bodies)
                    .map((tag) => tag.toUpperCase())
                    .join(" · ")}
                </span>
              </span>
              <IconButton
                icon={pencil}
                label={`${t("replies.change")}: ${reply.title}`}
                onClick={() => (editing.value = reply)}
              />
              <IconButton
                icon={trash}
                tone="danger"
                label={`${t("replies.delete")}: ${reply.title}`}
                onClick={() => remove(reply)}
              />
            </li>
          ))}
        </ul>
      </div>
      {editing.value && (
        <ReplyDialog
          reply={editing.value === "new" ? null : editing.value}
          onClose={() => (editing.value = null)}
        />
      )}
    </SinglePane>
  );
}
