import { useSignal } from "@preact/signals";
import { LANGUAGE_NAMES, TAGS, type Tag } from "@stoa/i18n";
import { Button, Checkbox, SelectField, showToast, TextArea } from "@stoa/ui";
import { useEffect, useMemo } from "preact/hooks";
import {
  addWording,
  changeWhereToAsk,
  readWordings,
  type ShopWordings,
  type WordingView,
} from "../api/wordings.ts";
import { perform } from "../app/act.ts";
import { Awaited } from "../app/failed.tsx";
import { useForm } from "../app/form.ts";
import { resource } from "../app/resource.ts";
import { formats, language, t } from "../app/texts.ts";
import { FormProblem } from "../session/gate.tsx";
import { ct, prepareCustomers } from "./words.ts";

interface Props {
  shopId: string;
  locales: readonly string[];
}

type Version = WordingView["current"];

function origin({ version, made_by, made_at }: Version): string {
  if (!made_at) return ct("wordings.brought", { version });
  return ct("wordings.version", {
    version,
    name: made_by ?? "",
    date: formats().dateTime(made_at),
  });
}

interface OneProps {
  shopId: string;
  wording: WordingView;
  /** In another language than the one looked at; what is written there stays. */
  isHidden: boolean;
  take: (wordings: ShopWordings) => void;
}

function Wording({ shopId, wording, isHidden, take }: OneProps) {
  const { purpose, locale, current, earlier } = wording;
  const text = useSignal(current.text);
  const form = useForm(() => text.peek());
  const onSubmit = form.submit(async () => {
    take(await addWording(shopId, { purpose, locale, text: text.value }));
    showToast({ text: t("action.saved"), tone: "good" });
  });
  return (
    <form class="stack" onSubmit={onSubmit} hidden={isHidden}>
      <FormProblem text={form.summary()} />
      <TextArea
        label={ct(`purpose.${purpose}`)}
        hint={origin(current)}
        lang={locale}
        rows={3}
        maxLength={1000}
        required
        value={text.value}
        error={form.errorOf("text")}
        onInput={(event) => (text.value = event.currentTarget.value)}
      />
      <div>
        <Button
          type="submit"
          busy={form.isBusy.value}
          disabled={text.value.trim() === current.text || !text.value.trim()}
        >
          {ct("wordings.save")}
        </Button>
      </div>
      {earlier.length > 0 && (
        <details>
          <summary>{ct("wordings.earlier", { count: earlier.length })}</summary>
          <ul class="stack">
            {earlier.map((version) => (
              <li key={version.version} class="customer-consent">
                <span class="quiet">{origin(version)}</span>
                <q lang={locale}>{version.text}</q>
              </li>
            ))}
          </ul>
        </details>
      )}
    </form>
  );
}

/** The words that the shop's customers agree to, in each of its languages, with every version. */
export function WordingsPart({ shopId, locales }: Props) {
  const tags = TAGS.filter((tag) => locales.includes(tag));
  const tag = useSignal<Tag>(tags.find((one) => one === language.peek()) ?? tags[0] ?? "en");
  const source = useMemo(
    () =>
      resource(async () => {
        const [wordings] = await Promise.all([readWordings(shopId), prepareCustomers()]);
        return wordings;
      }),
    [shopId],
  );
  useEffect(() => void source.load(), [source]);
  const { value } = source.state.value;
  if (!value) {
    return <Awaited of={source} lines={5} small />;
  }
  return (
    <section class="stack">
      <h2>{ct("wordings.title")}</h2>
      <p class="page-intro">{ct("wordings.intro", { shop: "{shop}", way: "{way}" })}</p>
      <Checkbox
        label={ct("wordings.asksInCheckout")}
        checked={value.asks_in_checkout}
        onChange={(asks_in_checkout) =>
          void perform(async () => {
            const changed = await changeWhereToAsk(shopId, { asks_in_checkout });
            source.change(() => changed);
            showToast({ text: t("action.saved"), tone: "good" });
          })
        }
      />
      <SelectField
        label={ct("wordings.language")}
        value={tag.value}
        options={tags.map((one) => [one, LANGUAGE_NAMES[one]] as const)}
        onChange={(event) => (tag.value = event.currentTarget.value as Tag)}
      />
      {value.items.map((wording) => (
        <Wording
          key={`${wording.purpose}-${wording.locale}-${wording.current.version}`}
          shopId={shopId}
          wording={wording}
          isHidden={wording.locale !== tag.value}
          take={(wordings) => source.change(() => wordings)}
        />
      ))}
    </section>
  );
}
