import { LANGUAGE_NAMES, TAGS } from "@stoa/i18n";
import { Checkbox, SelectField } from "@stoa/ui";
import type { Filters } from "../api/teamwork.ts";
import { maybeText, t } from "../app/texts.ts";
import { me, shopOf, staff, start } from "../session/store.ts";
import { teams } from "../teams/store.ts";
import { tagOf, tagsOfShop } from "./tags.ts";

/** The ways customers come by that a list can be narrowed to. */
export const CHANNELS = ["chat", "email", "sms", "message", "call"] as const;

export function channelName(code: string): string {
  return maybeText(`channel.${code}`) ?? code;
}

/** Teams, and the queues of those that have several. */
function teamOptions(): [string, string][] {
  const options = teams.value.flatMap((team): [string, string][] => [
    [team.id, team.name],
    ...(team.queues.length > 1
      ? team.queues.map(({ id, name }): [string, string] => [id, `${team.name} · ${name}`])
      : []),
  ]);
  return [["", t("filter.anyTeam")], ...options];
}

function narrowedTo(id: string): Pick<Filters, "team_ids" | "queue_ids"> {
  if (!id) return { team_ids: [], queue_ids: [] };
  const isTeam = teams.peek().some((team) => team.id === id);
  return isTeam ? { team_ids: [id], queue_ids: [] } : { team_ids: [], queue_ids: [id] };
}

interface FilterFieldsProps {
  filters: Filters;
  onChange: (filters: Filters) => void;
}

function toggled<Item>(list: readonly Item[], item: Item, isOn: boolean): Item[] {
  return isOn ? [...list, item] : list.filter((one) => one !== item);
}

export const stateOptions = (): [Filters["state"], string][] => [
  ["open", t("filter.open")],
  ["snoozed", t("view.snoozed")],
  ["closed", t("view.closed")],
  ["any", t("filter.anyState")],
];

export function assigneeOptions(): [string, string][] {
  const others = staff.value.filter(({ id, is_active }) => is_active && id !== me.value?.id);
  return [
    ["any", t("filter.anybody")],
    ["me", t("conversation.you")],
    ["nobody", t("bulk.nobody")],
    ...others.map(({ id, name }): [string, string] => [id, name]),
  ];
}

export function tagOptions(shopId: string | undefined): [string, string][] {
  const none: [string, string] = ["", t("filter.anyTag")];
  return [none, ...tagsOfShop(shopId).map(({ id, name }): [string, string] => [id, name])];
}

/** What a view shows. */
export function FilterFields({ filters, onChange }: FilterFieldsProps) {
  const change = (more: Partial<Filters>) => onChange({ ...filters, ...more });
  const shops = start.value?.shops ?? [];
  const shopId = filters.shop_id ?? shopOf()?.id;
  return (
    <>
      <div class="columns">
        <SelectField
          label={t("filter.state")}
          value={filters.state}
          options={stateOptions()}
          onChange={(event) => change({ state: event.currentTarget.value as Filters["state"] })}
        />
        <SelectField
          label={t("filter.assignee")}
          value={filters.assignee}
          options={assigneeOptions()}
          onChange={(event) => change({ assignee: event.currentTarget.value })}
        />
        {shops.length > 1 && (
          <SelectField
            label={t("filter.shop")}
            value={filters.shop_id ?? ""}
            options={[
              ["", t("filter.anyShop")],
              ...shops.map(({ id, name }): [string, string] => [id, name]),
            ]}
            onChange={(event) => change({ shop_id: event.currentTarget.value || null })}
          />
        )}
        {teams.value.length > 0 && (
          <SelectField
            label={t("filter.team")}
            value={filters.team_ids[0] ?? filters.queue_ids[0] ?? ""}
            options={teamOptions()}
            onChange={(event) => change(narrowedTo(event.currentTarget.value))}
          />
        )}
        <SelectField
          label={t("filter.tag")}
          value={tagOf(filters.tag_ids[0] ?? "")?.id ?? ""}
          options={tagOptions(shopId)}
          onChange={({ currentTarget: { value } }) => change({ tag_ids: value ? [value] : [] })}
        />
      </div>
      <fieldset class="plain-fieldset inline-checks">
        <legend class="ui-label">{t("filter.channel")}</legend>
        {CHANNELS.map((code) => (
          <Checkbox
            key={code}
            label={channelName(code)}
            checked={filters.channels.includes(code)}
            onChange={(isOn) => change({ channels: toggled(filters.channels, code, isOn) })}
          />
        ))}
      </fieldset>
      <fieldset class="plain-fieldset inline-checks">
        <legend class="ui-label">{t("filter.language")}</legend>
        {TAGS.map((tag) => (
          <Checkbox
            key={tag}
            label={LANGUAGE_NAMES[tag]}
            checked={filters.locales.includes(tag)}
            onChange={(isOn) => change({ locales: toggled(filters.locales, tag, isOn) })}
          />
        ))}
      </fieldset>
      <Checkbox
        label={t("filter.waiting")}
        checked={filters.is_waiting}
        onChange={(is_waiting) => change({ is_waiting })}
      />
    </>
  );
}
