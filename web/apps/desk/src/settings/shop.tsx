import { type Signal, useSignal } from "@preact/signals";
import { LANGUAGE_NAMES, TAGS } from "@stoa/i18n";
import { Button, Checkbox, showToast, TextArea, TextField } from "@stoa/ui";
import { useEffect, useMemo } from "preact/hooks";
import { type BankAccount, changeShop, readShop, type ShopDetails } from "../api/shops.ts";
import { Awaited } from "../app/failed.tsx";
import { useForm, wordsFor } from "../app/form.ts";
import { lazily } from "../app/lazy.tsx";
import { SinglePane } from "../app/panes.tsx";
import { resource } from "../app/resource.ts";
import { formats, t } from "../app/texts.ts";
import { FormProblem } from "../session/gate.tsx";
import { shopOf } from "../session/store.ts";

const callSettings = lazily(async () => (await import("../calls/settings.tsx")).CallSettingsParts);
const hours = lazily(async () => (await import("../hours/settings.tsx")).HoursPart);
const wordings = lazily(async () => (await import("../customers/wordings.tsx")).WordingsPart);
const limits = lazily(async () => (await import("../hours/limits.tsx")).LimitsPart);
const masking = lazily(async () => (await import("../cobrowse/masking.tsx")).MaskingPart);

interface PartProps {
  shop: ShopDetails;
  take: (shop: ShopDetails) => void;
}

type Change = Parameters<typeof changeShop>[1];

function usePart({ shop, take }: PartProps, written: () => unknown) {
  const form = useForm(written);
  const save = (make: () => Change) =>
    form.submit(async () => {
      take(await changeShop(shop.id, make()));
      showToast({ text: t("action.saved"), tone: "good" });
    });
  return { form, save };
}

function SaveButton({ isBusy }: { isBusy: Signal<boolean> }) {
  return (
    <div>
      <Button type="submit" busy={isBusy.value}>
        {t("action.save")}
      </Button>
    </div>
  );
}

const COMPANY_FIELDS = [
  ["legal_name", "shop.legalName"],
  ["street", "shop.street"],
  ["postal_code", "shop.postalCode"],
  ["city", "shop.city"],
  ["country", "shop.companyCountry"],
  ["vat_number", "shop.vatNumber"],
  ["register", "shop.register"],
  ["email", "shop.email"],
  ["phone", "shop.phone"],
] as const;

function CompanyPart(props: PartProps) {
  const name = useSignal(props.shop.name);
  const company = useSignal(props.shop.company);
  const { form, save } = usePart(props, () => [name.peek(), company.peek()]);
  return (
    <form
      class="stack"
      noValidate
      onSubmit={save(() => ({ name: name.value, company: company.value }))}
    >
      <FormProblem text={form.summary()} />
      <TextField
        label={t("shop.name")}
        value={name.value}
        error={form.errorOf("name")}
        onInput={(event) => (name.value = event.currentTarget.value)}
      />
      <div class="columns">
        {COMPANY_FIELDS.map(([field, key]) => (
          <TextField
            key={field}
            label={t(key)}
            value={company.value[field]}
            error={form.errorLike(`company.${field}`)}
            onInput={(event) => {
              const { value } = event.currentTarget;
              const cleaned = field === "country" ? value.toUpperCase() : value;
              company.value = { ...company.value, [field]: cleaned };
            }}
          />
        ))}
      </div>
      <SaveButton isBusy={form.isBusy} />
    </form>
  );
}

const NO_ACCOUNT: BankAccount = { holder: "", iban: "", bic: "" };
const ACCOUNT_FIELDS = [
  ["holder", "shop.holder"],
  ["iban", "shop.iban"],
  ["bic", "shop.bic"],
] as const;

function AccountPart(props: PartProps) {
  const isOn = useSignal(props.shop.bank_account !== null);
  const account = useSignal(props.shop.bank_account ?? NO_ACCOUNT);
  const days = useSignal(String(props.shop.transfer_days));
  const { form, save } = usePart(props, () => isOn.peek() && [account.peek(), days.peek()]);
  const onSubmit = save(() => ({
    bank_account: isOn.value ? account.value : null,
    transfer_days: Number(days.value),
  }));
  return (
    <form class="stack" noValidate onSubmit={onSubmit}>
      <FormProblem text={form.summary()} />
      <Checkbox
        label={t("shop.takesTransfers")}
        checked={isOn.value}
        onChange={(isChecked) => (isOn.value = isChecked)}
      />
      {isOn.value && (
        <div class="columns">
          {ACCOUNT_FIELDS.map(([field, key]) => (
            <TextField
              key={field}
              label={t(key)}
              value={account.value[field]}
              spellcheck={false}
              error={form.errorLike(`bank_account.${field}`)}
              onInput={(event) =>
                (account.value = { ...account.value, [field]: event.currentTarget.value })
              }
            />
          ))}
          <TextField
            label={t("shop.transferDays")}
            type="number"
            min={1}
            max={60}
            value={days.value}
            error={form.errorOf("transfer_days")}
            onInput={(event) => (days.value = event.currentTarget.value)}
          />
        </div>
      )}
      <SaveButton isBusy={form.isBusy} />
    </form>
  );
}

function EmbedPart(props: PartProps) {
  const origins = useSignal(props.shop.embed_origins.join("\n"));
  const { form, save } = usePart(props, () => origins.peek());
  const script = `<script src="${location.origin}/counter/loader.js" async></script>`;
  const lines = () =>
    origins.value
      .split(/\s+/)
      .map((line) => line.replace(/\/+$/, ""))
      .filter(Boolean);
  return (
    <form class="stack" noValidate onSubmit={save(() => ({ embed_origins: lines() }))}>
      <FormProblem text={form.problem.value && wordsFor(form.problem.value)} />
      <TextField
        label={t("shop.script")}
        hint={t("shop.scriptHint")}
        readOnly
        value={script}
        onFocus={(event) => event.currentTarget.select()}
      />
      <TextArea
        label={t("shop.origins")}
        hint={t("shop.originsHint")}
        value={origins.value}
        spellcheck={false}
        onInput={(event) => (origins.value = event.currentTarget.value)}
      />
      <SaveButton isBusy={form.isBusy} />
    </form>
  );
}

function InvitationsPart(props: PartProps) {
  const { shop } = props;
  const rules = useSignal(shop.invitations);
  const { form, save } = usePart(props, () => rules.peek());
  const change = (more: Partial<ShopDetails["invitations"]>) => {
    rules.value = { ...rules.value, ...more };
  };
  return (
    <form class="stack" noValidate onSubmit={save(() => ({ invitations: rules.value }))}>
      <FormProblem text={form.summary()} />
      <p class="page-intro">{t("shop.invitationsText")}</p>
      <Checkbox
        label={t("shop.invitesByItself")}
        checked={rules.value.is_on}
        onChange={(is_on) => change({ is_on })}
      />
      {rules.value.is_on && (
        <>
          <div class="columns">
            <TextField
              label={t("shop.scoreFrom")}
              hint={t("shop.scoreFromHint")}
              type="number"
              min={1}
              max={100}
              value={rules.value.score_from}
              error={form.errorLike("invitations.score_from")}
              onInput={(event) => change({ score_from: event.currentTarget.valueAsNumber })}
            />
            <TextField
              label={t("shop.cap")}
              type="number"
              min={0}
              max={20}
              value={rules.value.cap_per_visitor}
              error={form.errorLike("invitations.cap_per_visitor")}
              onInput={(event) => change({ cap_per_visitor: event.currentTarget.valueAsNumber })}
            />
          </div>
          {TAGS.filter((tag) => shop.locales.includes(tag)).map((tag) => (
            <TextField
              key={tag}
              label={t("shop.invitationIn", { language: LANGUAGE_NAMES[tag] })}
              lang={tag}
              maxLength={300}
              placeholder={t("shop.usualWords")}
              value={rules.value.text[tag] ?? ""}
              error={form.errorLike(`invitations.text.${tag}`)}
              onInput={(event) =>
                change({ text: { ...rules.value.text, [tag]: event.currentTarget.value } })
              }
            />
          ))}
        </>
      )}
      <SaveButton isBusy={form.isBusy} />
    </form>
  );
}

function Parts(props: PartProps) {
  const { shop } = props;
  return (
    <div class="page">
      <p class="page-intro">
        {t("shop.fixed", {
          country: formats().countryName(shop.country),
          currency: shop.currency,
          languages: shop.locales.map(formats().languageName).join(", "),
        })}
      </p>
      <section>
        <h2>{t("shop.company")}</h2>
        <CompanyPart {...props} />
      </section>
      <section>
        <h2>{t("shop.account")}</h2>
        <AccountPart {...props} />
      </section>
      <section>
        <h2>{t("shop.invitations")}</h2>
        <InvitationsPart {...props} />
      </section>
      <hours.View shopId={shop.id} country={shop.country} locales={shop.locales} />
      <limits.View shopId={shop.id} />
      <callSettings.View shopId={shop.id} locales={shop.locales} />
      <wordings.View shopId={shop.id} locales={shop.locales} />
      <masking.View shopId={shop.id} />
      <section>
        <h2>{t("shop.embed")}</h2>
        <EmbedPart {...props} />
      </section>
    </div>
  );
}

/** What administrators set up about the shop. */
export function SettingsPage() {
  const id = shopOf()?.id ?? "";
  const source = useMemo(() => resource(() => readShop(id)), [id]);
  useEffect(() => void source.load(), [source]);
  const { value } = source.state.value;
  return (
    <SinglePane>
      <header class="pane-head">
        <h1>{t("nav.settings")}</h1>
      </header>
      {value ? (
        <Parts shop={value} take={(shop) => source.change(() => shop)} />
      ) : (
        <Awaited of={source} lines={6} />
      )}
    </SinglePane>
  );
}
