import back from "lucide:arrow-left";
import link from "lucide:external-link";
import imagePlus from "lucide:image-plus";
import close from "lucide:x";
import { type Signal, useSignal } from "@preact/signals";
import { LANGUAGE_NAMES, type Tag } from "@stoa/i18n";
import { Button, Checkbox, Icon, IconButton, showToast, TextArea, TextField } from "@stoa/ui";
import { useEffect, useMemo, useRef } from "preact/hooks";
import {
  addPicture,
  changeProduct,
  type ProductDetail,
  readProduct,
  removePicture,
} from "../api/catalogue.ts";
import { useAct } from "../app/act.ts";
import { Awaited } from "../app/failed.tsx";
import { useForm, wordsFor } from "../app/form.ts";
import { resource } from "../app/resource.ts";
import { language, t } from "../app/texts.ts";
import { FormProblem } from "../session/gate.tsx";
import { mayActAs } from "../session/store.ts";
import { changeOf, draftOf, type ProductDraft } from "./draft.ts";
import { takeProduct } from "./store.ts";
import { Variants } from "./variants.tsx";

interface PartProps {
  product: ProductDetail;
  take: (product: ProductDetail) => void;
}

function Texts({ product, draft }: { product: ProductDetail; draft: Signal<ProductDraft> }) {
  const chosen = useSignal(
    product.locales.includes(language.peek()) ? language.peek() : (product.locales[0] ?? "en"),
  );
  const tag = chosen.value;
  const change = (field: "names" | "descriptions", text: string) => {
    draft.value = { ...draft.value, [field]: { ...draft.value[field], [tag]: text } };
  };
  return (
    <div class="stack">
      <div class="language-tabs" role="group" aria-label={t("signin.language")}>
        {product.locales.map((one) => (
          <Button
            key={one}
            small
            look={one === tag ? "primary" : "plain"}
            aria-pressed={one === tag}
            class={draft.value.names[one]?.trim() ? "" : "is-missing"}
            title={draft.value.names[one]?.trim() ? undefined : t("product.noText")}
            onClick={() => (chosen.value = one as Tag)}
          >
            {LANGUAGE_NAMES[one as Tag]}
          </Button>
        ))}
      </div>
      <TextField
        label={t("product.name")}
        lang={tag}
        value={draft.value.names[tag] ?? ""}
        onInput={(event) => change("names", event.currentTarget.value)}
      />
      <TextArea
        label={t("product.description")}
        hint={t("product.descriptionHint")}
        lang={tag}
        rows={7}
        value={draft.value.descriptions[tag] ?? ""}
        onInput={(event) => change("descriptions", event.currentTarget.value)}
      />
      <div class="columns">
        <TextField
          label={t("product.brand")}
          value={draft.value.brand}
          onInput={(event) => (draft.value = { ...draft.value, brand: event.currentTarget.value })}
        />
        <Checkbox
          label={t("product.visible")}
          checked={draft.value.isVisible}
          onChange={(isVisible) => (draft.value = { ...draft.value, isVisible })}
        />
      </div>
    </div>
  );
}

function Pictures({ product, take }: PartProps) {
  const input = useRef<HTMLInputElement>(null);
  const act = useAct();
  return (
    <div class="stack">
      <ul class="pictures">
        {product.pictures.map((picture) => (
          <li key={picture.id}>
            <img class="thumb" src={picture.url} alt="" width={112} height={112} loading="lazy" />
            <IconButton
              icon={close}
              label={t("product.removePicture")}
              disabled={act.isBusy}
              onClick={() => act.run(async () => take(await removePicture(product.id, picture.id)))}
            />
          </li>
        ))}
      </ul>
      <div>
        <Button icon={imagePlus} busy={act.isBusy} onClick={() => input.current?.click()}>
          {t("product.addPicture")}
        </Button>
        <input
          ref={input}
          type="file"
          accept="image/*"
          hidden
          onChange={(event) => {
            const file = event.currentTarget.files?.[0];
            if (file) void act.run(async () => take(await addPicture(product.id, file)));
            event.currentTarget.value = "";
          }}
        />
      </div>
    </div>
  );
}

function Editor({ product, take }: PartProps) {
  const draft = useSignal(draftOf(product));
  const form = useForm(() => draft.peek());
  // After a picture or somebody else's change there is a newer version to change.
  const isTouched = JSON.stringify(draft.value) !== JSON.stringify(draftOf(product));
  const change = changeOf(product, draft.value);
  const mayChange = mayActAs("supervisor");
  const save = form.submit(async () => {
    if (!change) return;
    const changed = await changeProduct(product.id, change);
    form.keep(() => {
      draft.value = draftOf(changed);
    });
    take(changed);
    showToast({ text: t("action.saved"), tone: "good" });
  });
  return (
    <form class="pane-scroll" onSubmit={save} noValidate>
      <fieldset class="order stack plain-fieldset" disabled={!mayChange}>
        <FormProblem text={form.problem.value && wordsFor(form.problem.value)} />
        <Texts product={product} draft={draft} />
        <h3>{t("product.variants")}</h3>
        <Variants product={product} draft={draft} />
        <h3>{t("product.pictures")}</h3>
        <Pictures product={product} take={take} />
      </fieldset>
      {isTouched && mayChange && (
        <div class="sticky-foot">
          <Button look="primary" type="submit" busy={form.isBusy.value} disabled={!change}>
            {t("action.save")}
          </Button>
          <Button look="quiet" onClick={() => (draft.value = draftOf(product))}>
            {t("action.discard")}
          </Button>
        </div>
      )}
    </form>
  );
}

/** One product: its texts in every language, prices, stock and pictures. */
export function ProductPane({ id }: { id: string }) {
  const source = useMemo(() => resource(() => readProduct(id)), [id]);
  useEffect(() => void source.load(), [source]);
  const { value } = source.state.value;
  const take = (product: ProductDetail) => {
    source.change(() => product);
    takeProduct(product, language.peek());
  };
  return (
    <>
      <header class="pane-head">
        <a class="ui-icon-button narrow-only" href="/desk/catalogue" aria-label={t("action.back")}>
          <Icon of={back} />
        </a>
        <h2 class="grow">
          {value?.names[language.value] ?? value?.names.en ?? t("product.title")}
        </h2>
        {value && (
          <a href={value.url} target="_blank" rel="noopener" class="row">
            {t("product.inShop")} <Icon of={link} size={14} />
          </a>
        )}
      </header>
      {value ? <Editor product={value} take={take} /> : <Awaited of={source} lines={8} />}
    </>
  );
}
