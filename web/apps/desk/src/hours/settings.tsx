import trash from "lucide:trash-2";
import { useSignal } from "@preact/signals";
import { LANGUAGE_NAMES, TAGS, type Tag } from "@stoa/i18n";
import { Banner, Button, Checkbox, IconButton, SelectField, showToast, TextArea } from "@stoa/ui";
import { useEffect, useMemo } from "preact/hooks";
import { changeHours, type HoursView, type OpeningHours, readHours } from "../api/hours.ts";
import { Awaited } from "../app/failed.tsx";
import { useForm } from "../app/form.ts";
import { resource } from "../app/resource.ts";
import { formats, t } from "../app/texts.ts";
import { FormProblem } from "../session/gate.tsx";
import { CHANNELS, channelName } from "./channels.ts";
import { HolidaysPart, OwnDaysPart, type PartProps } from "./days.tsx";
import { LevelsPart, RatingsPart } from "./levels.tsx";
import { ht, prepareHours } from "./texts.ts";
import { DAYS, Week, type Weekly } from "./week.tsx";

export interface ShopProps {
  shopId: string;
  country: string;
  locales: readonly string[];
}

const EVERY_CHANNEL = "all";

function firstHours(): OpeningHours {
  const weekly: Weekly = Object.fromEntries(
    DAYS.slice(0, 5).map((day) => [day, [["09:00", "17:00"]]]),
  );
  const { timeZone } = Intl.DateTimeFormat().resolvedOptions();
  return { timezone: timeZone, weekly, holidays: null, days: [], channels: {}, words: {} };
}

function ChannelWeeks({ hours, change }: PartProps) {
  const own = Object.keys(hours.channels);
  const free = CHANNELS.filter((code) => !own.includes(code));
  const without = (code: string) =>
    Object.fromEntries(Object.entries(hours.channels).filter(([one]) => one !== code));
  return (
    <>
      {own.map((code) => (
        <div class="hours-channel" key={code}>
          <Week
            label={ht("channels.week", { channel: channelName(code) })}
            weekly={hours.channels[code] ?? {}}
            change={(weekly) => change({ channels: { ...hours.channels, [code]: weekly } })}
          />
          <IconButton
            icon={trash}
            label={ht("channels.remove", { channel: channelName(code) })}
            onClick={() => change({ channels: without(code) })}
          />
        </div>
      ))}
      {free.length > 0 && (
        <SelectField
          label={ht("channels.add")}
          value=""
          options={[
            ["", ht("channels.none")],
            ...free.map((code) => [code, channelName(code)] as const),
          ]}
          onChange={(event) => {
            const code = event.currentTarget.value;
            event.currentTarget.value = "";
            if (code) change({ channels: { ...hours.channels, [code]: hours.weekly } });
          }}
        />
      )}
    </>
  );
}

function WordsPart({ hours, change, locales }: PartProps & { locales: readonly string[] }) {
  const code = useSignal<string>(EVERY_CHANNEL);
  const texts = hours.words[code.value] ?? {};
  const set = (tag: Tag, text: string) =>
    change({ words: { ...hours.words, [code.value]: { ...texts, [tag]: text } } });
  return (
    <fieldset class="plain-fieldset stack">
      <legend class="ui-label">{ht("words.title")}</legend>
      <p class="ui-hint">{ht("words.hint", { opens: "{{opens}}" })}</p>
      <SelectField
        label={ht("words.channel")}
        value={code.value}
        options={[EVERY_CHANNEL, ...CHANNELS].map((one) => [one, channelName(one)] as const)}
        onChange={(event) => {
          code.value = event.currentTarget.value;
        }}
      />
      {TAGS.filter((tag) => locales.includes(tag)).map((tag) => (
        <TextArea
          key={`${code.value}-${tag}`}
          label={LANGUAGE_NAMES[tag]}
          lang={tag}
          rows={2}
          maxLength={500}
          value={texts[tag] ?? ""}
          onInput={(event) => set(tag, event.currentTarget.value)}
        />
      ))}
    </fieldset>
  );
}

function zones(current: string): (readonly [string, string])[] {
  const known = Intl.supportedValuesOf("timeZone");
  const all = known.includes(current) ? known : [current, ...known];
  return all.map((zone) => [zone, zone.replaceAll("_", " ")] as const);
}

function Standing({ view }: { view: HoursView }) {
  if (view.hours === null) return null;
  const time = view.changes_at && formats().dateTime(view.changes_at);
  const words = view.is_open
    ? time
      ? ht("now.openUntil", { time })
      : ht("now.open")
    : time
      ? ht("now.closedUntil", { time })
      : ht("now.closed");
  return <Banner tone={view.is_open ? "good" : "neutral"}>{words}</Banner>;
}

function HoursForm({ view, ...shop }: ShopProps & { view: HoursView }) {
  const seen = useSignal(view);
  const hours = useSignal(view.hours);
  const last = useSignal(view.hours);
  const form = useForm(() => hours.peek());
  const change = (more: Partial<OpeningHours>) => {
    if (hours.value) hours.value = { ...hours.value, ...more };
  };
  const onSubmit = form.submit(async () => {
    seen.value = await changeHours(shop.shopId, hours.value);
    form.keep(() => {
      hours.value = seen.value.hours;
    });
    showToast({ text: t("action.saved"), tone: "good" });
  });
  const part = hours.value && { hours: hours.value, change };
  return (
    <form class="stack" onSubmit={onSubmit}>
      <FormProblem text={form.problem.value && (form.summary() ?? ht("problem"))} />
      <Standing view={seen.value} />
      <Checkbox
        label={ht("isOn")}
        checked={hours.value !== null}
        onChange={(isOn) => {
          if (!isOn) last.value = hours.peek();
          hours.value = isOn ? (last.peek() ?? firstHours()) : null;
        }}
      />
      {part && (
        <>
          <SelectField
            label={ht("timezone")}
            value={part.hours.timezone}
            options={zones(part.hours.timezone)}
            onChange={(event) => change({ timezone: event.currentTarget.value })}
          />
          <Week
            label={ht("week.title")}
            weekly={part.hours.weekly}
            change={(weekly) => change({ weekly })}
          />
          <ChannelWeeks {...part} />
          <HolidaysPart {...part} country={shop.country} />
          <OwnDaysPart {...part} />
          <WordsPart {...part} locales={shop.locales} />
        </>
      )}
      <div>
        <Button type="submit" busy={form.isBusy.value}>
          {t("action.save")}
        </Button>
      </div>
    </form>
  );
}

/** When the shop is open, and what it says while it is not. */
export function HoursPart(shop: ShopProps) {
  const source = useMemo(
    () =>
      resource(async () => {
        const [view] = await Promise.all([readHours(shop.shopId), prepareHours()]);
        return view;
      }),
    [shop.shopId],
  );
  useEffect(() => void source.load(), [source]);
  const { value } = source.state.value;
  if (value) {
    return (
      <>
        <section>
          <h2>{ht("title")}</h2>
          <HoursForm {...shop} view={value} />
        </section>
        <LevelsPart shopId={shop.shopId} />
        <RatingsPart shopId={shop.shopId} />
      </>
    );
  }
  return <Awaited of={source} lines={5} small />;
}
