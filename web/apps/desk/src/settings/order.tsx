import merge from "lucide:merge";
import pencil from "lucide:pencil";
import plus from "lucide:plus";
import tagIcon from "lucide:tags";
import trash from "lucide:trash-2";
import zap from "lucide:zap";
import { useSignal } from "@preact/signals";
import { Button, Dialog, Empty, IconButton, Kbd, SelectField, TextField } from "@stoa/ui";
import {
  changeTag,
  createMacro,
  deleteMacro,
  type Macro,
  makeTag,
  mergeTag,
  removeTag,
  type Tag,
  type TagTone,
} from "../api/teamwork.ts";
import { perform } from "../app/act.ts";
import { useForm } from "../app/form.ts";
import { SinglePane } from "../app/panes.tsx";
import { t } from "../app/texts.ts";
import { FormProblem } from "../session/gate.tsx";
import { changeStart, mayActAs, shopOf, start } from "../session/store.ts";
import { actWords } from "../teamwork/act-words.ts";
import { tagsOfShop, takeTag } from "../teamwork/tags.ts";
import { MacroForm } from "./macro-form.tsx";

const TONES = {
  neutral: "tone.neutral",
  good: "tone.good",
  warn: "tone.warn",
  bad: "tone.bad",
} as const;

function TagForm({ tag, onClose }: { tag: Tag | null; onClose: () => void }) {
  const name = useSignal(tag?.name ?? "");
  const tone = useSignal<TagTone>(tag?.tone ?? "neutral");
  const form = useForm(() => [name.peek(), tone.peek()]);
  const submit = form.submit(async () => {
    const body = { name: name.value, tone: tone.value };
    takeTag(tag ? await changeTag(tag.id, body) : await makeTag(shopOf()?.id ?? "", body));
    onClose();
  });
  return (
    <Dialog
      title={t(tag ? "tags.change" : "tags.new")}
      closeLabel={t("action.close")}
      onClose={() => form.leave(onClose)}
    >
      <form class="stack" onSubmit={submit} noValidate>
        <FormProblem text={form.summary()} />
        <TextField
          label={t("tags.name")}
          value={name.value}
          error={form.errorOf("name")}
          maxLength={40}
          onInput={(event) => (name.value = event.currentTarget.value)}
        />
        <SelectField
          label={t("tags.tone")}
          hint={t("tags.toneHint")}
          value={tone.value}
          options={Object.entries(TONES).map(([key, text]): [string, string] => [key, t(text)])}
          onChange={(event) => (tone.value = event.currentTarget.value as TagTone)}
        />
        <Button look="primary" type="submit" busy={form.isBusy.value} disabled={!name.value.trim()}>
          {t("action.save")}
        </Button>
      </form>
    </Dialog>
  );
}

function MergeForm({ tag, onClose }: { tag: Tag; onClose: () => void }) {
  const others = tagsOfShop(tag.shop_id).filter(({ id }) => id !== tag.id);
  const into = useSignal(others[0]?.id ?? "");
  const form = useForm();
  const submit = form.submit(async () => {
    await mergeTag(tag.id, into.value);
    takeTag({ ...tag, merged_into: into.value, version: tag.version + 1 });
    onClose();
  });
  return (
    <Dialog
      title={t("tags.mergeTitle", { name: tag.name })}
      closeLabel={t("action.close")}
      onClose={onClose}
    >
      <form class="stack" onSubmit={submit}>
        <FormProblem text={form.summary()} />
        <p class="quiet">{t("tags.mergeHint")}</p>
        <SelectField
          label={t("tags.mergeInto")}
          value={into.value}
          options={others.map(({ id, name }): [string, string] => [id, name])}
          onChange={(event) => (into.value = event.currentTarget.value)}
        />
        <Button look="primary" type="submit" busy={form.isBusy.value} disabled={!into.value}>
          {t("tags.merge")}
        </Button>
      </form>
    </Dialog>
  );
}

function RemoveForm({ tag, onClose }: { tag: Tag; onClose: () => void }) {
  const form = useForm();
  const submit = form.submit(async () => {
    await removeTag(tag.id);
    takeTag({ ...tag, is_removed: true, version: tag.version + 1 });
    onClose();
  });
  return (
    <Dialog
      title={t("tags.removeTitle", { name: tag.name })}
      closeLabel={t("action.close")}
      onClose={onClose}
    >
      <form class="stack" onSubmit={submit}>
        <FormProblem text={form.summary()} />
        <p>{t("tags.removeHint")}</p>
        <Button look="danger" type="submit" busy={form.isBusy.value}>
          {t("tags.remove")}
        </Button>
      </form>
    </Dialog>
  );
}

type Editing =
  | { readonly is: "tag"; readonly tag: Tag | null }
  | { readonly is: "merge" | "remove"; readonly tag: Tag }
  | { readonly is: "macro"; readonly macro: Macro | null };

function Tags({ edit }: { edit: (what: Editing) => void }) {
  const mayChange = mayActAs("supervisor");
  const tags = tagsOfShop(shopOf()?.id);
  return (
    <section>
      <header class="section-head">
        <h2 class="grow">{t("tags.title")}</h2>
        <Button icon={plus} onClick={() => edit({ is: "tag", tag: null })}>
          {t("tags.new")}
        </Button>
      </header>
      <p class="page-intro">{t("tags.intro")}</p>
      {tags.length === 0 && <Empty icon={tagIcon} title={t("tags.none")} />}
      <ul class="block-list">
        {tags.map((tag) => (
          <li key={tag.id} class="block-row">
            <span class="grow">
              <span class={`tag tag-${tag.tone}`}>{tag.name}</span>
            </span>
            {mayChange && (
              <>
                <IconButton
                  icon={pencil}
                  label={`${t("tags.change")}: ${tag.name}`}
                  onClick={() => edit({ is: "tag", tag })}
                />
                {tags.length > 1 && (
                  <IconButton
                    icon={merge}
                    label={`${t("tags.merge")}: ${tag.name}`}
                    onClick={() => edit({ is: "merge", tag })}
                  />
                )}
                <IconButton
                  icon={trash}
                  tone="danger"
                  label={`${t("tags.remove")}: ${tag.name}`}
                  onClick={() => edit({ is: "remove", tag })}
                />
              </>
            )}
          </li>
        ))}
      </ul>
    </section>
  );
}

function takeMacros(change: (macros: readonly Macro[]) => readonly Macro[]) {
  changeStart({ macros: [...change(start.peek()?.macros ?? [])] });
}

async function remove(macro: Macro) {
  await perform(
    async () => {
      await deleteMacro(macro.id);
      takeMacros((all) => all.filter(({ id }) => id !== macro.id));
    },
    {
      text: t("macros.deleted", { name: macro.name }),
      run: async () => {
        const { name, digit, reply_id, acts } = macro;
        const again = await createMacro(macro.shop_id, { name, digit, reply_id, acts });
        takeMacros((all) => [...all, again]);
      },
    },
  );
}

function Macros({ edit }: { edit: (what: Editing) => void }) {
  const mayChange = mayActAs("supervisor");
  const macros = start.value?.macros ?? [];
  return (
    <section>
      <header class="section-head">
        <h2 class="grow">{t("macros.title")}</h2>
        {mayChange && (
          <Button icon={plus} onClick={() => edit({ is: "macro", macro: null })}>
            {t("macros.new")}
          </Button>
        )}
      </header>
      <p class="page-intro">{t("macros.intro")}</p>
      {macros.length === 0 && <Empty icon={zap} title={t("macros.none")} />}
      <ul class="block-list">
        {macros.map((macro) => (
          <li key={macro.id} class="block-row">
            <span class="grow">
              <strong>{macro.name}</strong>
              <span class="quiet block">{actWords(macro)}</span>
            </span>
            {macro.digit !== null && (
              <span class="keys">
                <Kbd>M</Kbd> <Kbd>{macro.digit}</Kbd>
              </span>
            )}
            {mayChange && (
              <>
                <IconButton
                  icon={pencil}
                  label={`${t("macros.change")}: ${macro.name}`}
                  onClick={() => edit({ is: "macro", macro })}
                />
                <IconButton
                  icon={trash}
                  tone="danger"
                  label={`${t("macros.delete")}: ${macro.name}`}
                  onClick={() => remove(macro)}
                />
              </>
            )}
          </li>
        ))}
      </ul>
    </section>
  );
}

/** What keeps the shop's conversations in order: tags, and macros. */
export function OrderPage() {
  const editing = useSignal<Editing | null>(null);
  const edit = (what: Editing) => {
    editing.value = what;
  };
  const close = () => {
    editing.value = null;
  };
  const now = editing.value;
  return (
    <SinglePane>
      <header class="pane-head">
        <h1>{t("nav.order")}</h1>
      </header>
      <div class="page stack">
        <Tags edit={edit} />
        <Macros edit={edit} />
      </div>
      {now?.is === "tag" && <TagForm tag={now.tag} onClose={close} />}
      {now?.is === "merge" && <MergeForm tag={now.tag} onClose={close} />}
      {now?.is === "remove" && <RemoveForm tag={now.tag} onClose={close} />}
      {now?.is === "macro" && (
        <MacroForm
          macro={now.macro}
          onSaved={(saved) => {
            takeMacros((all) => [...all.filter(({ id }) => id !== saved.id), saved]);
            close();
          }}
          onClose={close}
        />
      )}
    </SinglePane>
  );
}
