import plus from "lucide:plus";
import trash from "lucide:trash-2";
import { useSignal } from "@preact/signals";
import type { MaskingRules, PageRules } from "@stoa/protocol";
import { Button, Checkbox, IconButton, showToast, TextArea, TextField } from "@stoa/ui";
import { useEffect, useMemo } from "preact/hooks";
import { Awaited } from "../app/failed.tsx";
import { type Form, useForm } from "../app/form.ts";
import { http } from "../app/http.ts";
import { resource } from "../app/resource.ts";
import { t } from "../app/texts.ts";
import { FormProblem } from "../session/gate.tsx";

const LISTS = [
  ["show", "masking.show", "masking.showHint"],
  ["mask", "masking.mask", "masking.maskHint"],
  ["block", "masking.block", "masking.blockHint"],
] as const;
type List = (typeof LISTS)[number][0];

const path = (shopId: string) => `/api/desk/shops/${shopId}/cobrowse`;
const readRules = (shopId: string): Promise<MaskingRules> => http.get(path(shopId));
const changeRules = (shopId: string, rules: MaskingRules): Promise<MaskingRules> =>
  http.put(path(shopId), rules);

/** The first line that is no CSS selector; on the page it would show nothing at all. */
function wrongIn(lines: readonly string[]): string | undefined {
  const fragment = document.createDocumentFragment();
  return lines.find((line) => {
    try {
      fragment.querySelector(line);
      return false;
    } catch {
      return true;
    }
  });
}

interface SelectorsProps {
  rules: MaskingRules | PageRules;
  path: string;
  form: Form;
  change: (more: Partial<Record<List, string[]>>) => void;
}

function Selectors({ rules, path, form, change }: SelectorsProps) {
  return (
    <div class="columns">
      {LISTS.map(([list, label, hint]) => {
        const lines = rules[list] ?? [];
        const wrong = wrongIn(lines.filter(Boolean));
        const problem = wrong ? t("masking.bad", { selector: wrong }) : undefined;
        return (
          <TextArea
            key={list}
            label={t(label)}
            hint={t(hint)}
            rows={3}
            spellcheck={false}
            value={lines.join("\n")}
            error={problem ?? form.errorLike(`${path}${list}`)}
            onInput={(event) => change({ [list]: event.currentTarget.value.split("\n") })}
          />
        );
      })}
    </div>
  );
}

interface PageProps {
  rule: PageRules;
  at: number;
  form: Form;
  change: (more: Partial<PageRules>) => void;
  remove: () => void;
}

function Page({ rule, at, form, change, remove }: PageProps) {
  return (
    <fieldset class="plain-fieldset stack">
      <legend class="visually-hidden">{rule.path || t("masking.pages")}</legend>
      <div class="row">
        <TextField
          label={t("masking.path")}
          value={rule.path}
          placeholder="/account/*"
          spellcheck={false}
          error={form.errorLike(`pages.${at}.path`)}
          onInput={(event) => change({ path: event.currentTarget.value })}
        />
        <IconButton icon={trash} label={t("masking.removePage")} onClick={remove} />
      </div>
      <Checkbox
        label={t("masking.pause")}
        checked={rule.pause === true}
        onChange={(pause) => change({ pause })}
      />
      {!rule.pause && (
        <>
          <Checkbox
            label={t("masking.maskText")}
            checked={rule.mask_text === true}
            onChange={(mask_text) => change({ mask_text })}
          />
          <Selectors rules={rule} path={`pages.${at}.`} form={form} change={change} />
        </>
      )}
    </fieldset>
  );
}

const filled = (lines: readonly string[] | undefined) =>
  (lines ?? []).map((line) => line.trim()).filter(Boolean);

/** As it is stored: without the empty lines that typing leaves. */
function tidy<Rules extends MaskingRules | PageRules>(rules: Rules): Rules {
  const { show, mask, block } = rules;
  return { ...rules, show: filled(show), mask: filled(mask), block: filled(block) };
}

function RulesForm({ shopId, stored }: { shopId: string; stored: MaskingRules }) {
  const rules = useSignal(stored);
  const form = useForm(() => rules.peek());
  const change = (more: Partial<MaskingRules>) => {
    rules.value = { ...rules.value, ...more };
  };
  const pages = rules.value.pages ?? [];
  const setPage = (at: number, more: Partial<PageRules>) =>
    change({ pages: pages.map((page, index) => (index === at ? { ...page, ...more } : page)) });
  const save = form.submit(async () => {
    const sent = { ...tidy(rules.peek()), pages: (rules.peek().pages ?? []).map(tidy) };
    const saved = await changeRules(shopId, sent);
    form.keep(() => {
      rules.value = saved;
    });
    showToast({ text: t("action.saved"), tone: "good" });
  });
  return (
    <form class="stack" noValidate onSubmit={save}>
      <FormProblem text={form.summary()} />
      <p class="page-intro">{t("masking.text")}</p>
      <Checkbox
        label={t("masking.maskText")}
        checked={rules.value.mask_text === true}
        onChange={(mask_text) => change({ mask_text })}
      />
      <Selectors rules={rules.value} path="" form={form} change={change} />
      <h3>{t("masking.pages")}</h3>
      {pages.map((rule, at) => (
        <Page
          key={at}
          rule={rule}
          at={at}
          form={form}
          change={(more) => setPage(at, more)}
          remove={() => change({ pages: pages.filter((_, index) => index !== at) })}
        />
      ))}
      <div>
        <Button
          small
          icon={plus}
          onClick={() => change({ pages: [...pages, { path: "/" } as PageRules] })}
        >
          {t("masking.addPage")}
        </Button>
      </div>
      <div>
        <Button type="submit" busy={form.isBusy.value}>
          {t("action.save")}
        </Button>
      </div>
    </form>
  );
}

/** What agents may see of the shop's pages, for administrators. */
export function MaskingPart({ shopId }: { shopId: string }) {
  const source = useMemo(() => resource(() => readRules(shopId)), [shopId]);
  useEffect(() => void source.load(), [source]);
  const { value } = source.state.value;
  return (
    <section>
      <h2>{t("masking.title")}</h2>
      {value ? (
        <RulesForm shopId={shopId} stored={value} />
      ) : (
        <Awaited of={source} lines={4} small />
      )}
    </section>
  );
}
