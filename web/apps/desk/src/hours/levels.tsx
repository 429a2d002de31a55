import pencil from "lucide:pencil";
import plus from "lucide:plus";
import trash from "lucide:trash-2";
import { useSignal } from "@preact/signals";
import { Button, Checkbox, Dialog, IconButton, SelectField, TextField } from "@stoa/ui";
import { useEffect, useMemo } from "preact/hooks";
import {
  changePolicy,
  dropPolicy,
  makePolicy,
  type PolicyList,
  type PolicyView,
  type RatingSettings,
  readPolicies,
} from "../api/board.ts";
import { perform } from "../app/act.ts";
import { Awaited } from "../app/failed.tsx";
import { useForm } from "../app/form.ts";
import { resource } from "../app/resource.ts";
import { language, t } from "../app/texts.ts";
import { FormProblem } from "../session/gate.tsx";
import { CHANNELS, channelName } from "./channels.ts";
import { openRatings } from "./ratings.ts";
import { ht } from "./texts.ts";

const UNITS = { minute: 60, hour: 3600 } as const;
type Unit = keyof typeof UNITS;

/** A length of time in the unit in which it is a whole number. */
function inUnit(seconds: number | null): readonly [string, Unit] {
  if (seconds === null) return ["", "minute"];
  const unit = seconds % 3600 === 0 ? "hour" : "minute";
  return [String(seconds / UNITS[unit]), unit];
}

function length(seconds: number): string {
  const [amount, unit] = inUnit(seconds);
  const format = new Intl.NumberFormat(language.value, {
    style: "unit",
    unit,
    unitDisplay: "long",
  });
  return format.format(Number(amount));
}

/** What a policy is for, as one value of a selection. */
function scopeOf({ channel, inbox_id, queue_id }: Draft): string {
  if (queue_id) return `queue:${queue_id}`;
  if (inbox_id) return `inbox:${inbox_id}`;
  return channel ? `channel:${channel}` : "";
}

function scopes(list: PolicyList): (readonly [string, string])[] {
  return [
    ["", ht("levels.all")],
    ...CHANNELS.map((code) => [`channel:${code}`, channelName(code)] as const),
    ...list.inboxes.map(({ id, name }) => [`inbox:${id}`, ht("levels.inbox", { name })] as const),
    ...list.queues.map(({ id, name }) => [`queue:${id}`, ht("levels.queue", { name })] as const),
  ];
}

function scopeFields(scope: string): Pick<PolicyView, "channel" | "inbox_id" | "queue_id"> {
  const [kind, id] = scope.split(":", 2);
  const of = (wanted: string) => (kind === wanted && id ? id : null);
  return { channel: of("channel"), inbox_id: of("inbox"), queue_id: of("queue") };
}

interface WithinProps {
  label: string;
  seconds: number | null;
  error: string | undefined;
  change: (seconds: number | null) => void;
}

function Within({ label, seconds, error, change }: WithinProps) {
  const [first, firstUnit] = inUnit(seconds);
  const amount = useSignal(first);
  const unit = useSignal<Unit>(firstUnit);
  const tell = () => {
    const value = Number(amount.value);
    change(amount.value && value > 0 ? Math.round(value * UNITS[unit.value]) : null);
  };
  return (
    <div class="hours-within">
      <TextField
        label={label}
        type="number"
        min={0}
        step="any"
        placeholder={ht("levels.never")}
        value={amount.value}
        error={error}
        onInput={(event) => {
          amount.value = event.currentTarget.value;
          tell();
        }}
      />
      <SelectField
        label={ht("levels.unit")}
        hideLabel
        value={unit.value}
        options={[
          ["minute", ht("levels.minutes")],
          ["hour", ht("levels.hours")],
        ]}
        onChange={(event) => {
          unit.value = event.currentTarget.value as Unit;
          tell();
        }}
      />
    </div>
  );
}

type Draft = Omit<PolicyView, "id" | "shop_id">;

const NEW: Draft = {
  name: "",
  channel: null,
  inbox_id: null,
  queue_id: null,
  first_seconds: 3600,
  next_seconds: 3600,
  warn_percent: 75,
  is_on: true,
};

interface EditProps {
  shopId: string;
  list: PolicyList;
  policy: PolicyView | null;
  onClose: () => void;
  onSaved: () => void;
}

function Edit({ shopId, list, policy, onClose, onSaved }: EditProps) {
  const draft = useSignal<Draft>(NEW);
  const form = useForm(() => draft.peek());
  const { id, shop_id, ...known } = policy ?? { id: "", shop_id: "", ...NEW };
  useMemo(() => {
    draft.value = known;
  }, [id, shop_id]);
  const change = (more: Partial<Draft>) => {
    draft.value = { ...draft.value, ...more };
  };
  const onSubmit = form.submit(async () => {
    if (policy) await changePolicy(policy.id, draft.value);
    else await makePolicy(shopId, draft.value);
    onSaved();
  });
  return (
    <Dialog
      title={ht(policy ? "levels.change" : "levels.add")}
      closeLabel={t("action.close")}
      onClose={() => form.leave(onClose)}
    >
      <form class="stack" noValidate onSubmit={onSubmit}>
        <FormProblem text={form.problem.value && (form.summary() ?? ht("levels.problem"))} />
        <TextField
          label={ht("levels.name")}
          maxLength={80}
          value={draft.value.name}
          error={form.errorOf("name")}
          onInput={(event) => change({ name: event.currentTarget.value })}
        />
        <SelectField
          label={ht("levels.for")}
          value={scopeOf(draft.value)}
          options={scopes(list)}
          onChange={(event) => change(scopeFields(event.currentTarget.value))}
        />
        <Within
          label={ht("levels.first")}
          seconds={draft.value.first_seconds}
          error={form.errorOf("first_seconds")}
          change={(first_seconds) => change({ first_seconds })}
        />
        <Within
          label={ht("levels.next")}
          seconds={draft.value.next_seconds}
          error={form.errorOf("next_seconds")}
          change={(next_seconds) => change({ next_seconds })}
        />
        <TextField
          label={ht("levels.warn")}
          type="number"
          min={1}
          max={99}
          value={draft.value.warn_percent}
          error={form.errorOf("warn_percent")}
          onInput={(event) => change({ warn_percent: event.currentTarget.valueAsNumber })}
        />
        <Checkbox
          label={ht("levels.isOn")}
          checked={draft.value.is_on}
          onChange={(is_on) => change({ is_on })}
        />
        <div>
          <Button type="submit" busy={form.isBusy.value}>
            {t("action.save")}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}

function summary(policy: PolicyView): string {
  const parts = [
    policy.first_seconds && ht("levels.firstIn", { time: length(policy.first_seconds) }),
    policy.next_seconds && ht("levels.nextIn", { time: length(policy.next_seconds) }),
    !policy.is_on && ht("levels.off"),
  ];
  return parts.filter(Boolean).join(" · ");
}

function Policies({ shopId }: { shopId: string }) {
  const source = useMemo(() => resource(() => readPolicies(shopId)), [shopId]);
  useEffect(() => void source.load(), [source]);
  const edited = useSignal<PolicyView | "new" | null>(null);
  const { value } = source.state.value;
  if (!value) {
    return <Awaited of={source} lines={3} small />;
  }
  const names = new Map(scopes(value));
  const remove = (policy: PolicyView) =>
    perform(async () => {
      await dropPolicy(policy.id);
      await source.load();
    });
  return (
    <>
      {value.items.length > 0 && (
        <ul class="hours-policies">
          {value.items.map((policy) => (
            <li key={policy.id}>
              <span class="grow">
                <strong>{policy.name}</strong>
                <span class="quiet block">
                  {names.get(scopeOf(policy)) ?? scopeOf(policy)} · {summary(policy)}
                </span>
              </span>
              <IconButton
                icon={pencil}
                label={ht("levels.changeOne", { name: policy.name })}
                onClick={() => {
                  edited.value = policy;
                }}
              />
              <IconButton
                icon={trash}
                label={ht("levels.remove", { name: policy.name })}
                onClick={() => void remove(policy)}
              />
            </li>
          ))}
        </ul>
      )}
      <div>
        <Button
          small
          icon={plus}
          onClick={() => {
            edited.value = "new";
          }}
        >
          {ht("levels.add")}
        </Button>
      </div>
      {edited.value && (
        <Edit
          shopId={shopId}
          list={value}
          policy={edited.value === "new" ? null : edited.value}
          onClose={() => {
            edited.value = null;
          }}
          onSaved={() => {
            edited.value = null;
            void source.load();
          }}
        />
      )}
    </>
  );
}

/** By when customers are promised an answer. */
export function LevelsPart({ shopId }: { shopId: string }) {
  return (
    <section>
      <h2>{ht("levels.title")}</h2>
      <p class="page-intro">{ht("levels.intro")}</p>
      <Policies shopId={shopId} />
    </section>
  );
}

/** Whether customers are asked how they were served. */
export function RatingsPart({ shopId }: { shopId: string }) {
  const source = useMemo(() => openRatings(shopId), [shopId]);
  useEffect(() => void source.load(), [source]);
  const { value } = source.state.value;
  const change = (more: Partial<RatingSettings>) => perform(() => source.change(more));
  return (
    <section>
      <h2>{ht("ratings.title")}</h2>
      {value ? (
        <>
          <Checkbox
            label={ht("ratings.inChat")}
            checked={value.ratings.in_chat ?? true}
            onChange={(in_chat) => void change({ in_chat })}
          />
          <Checkbox
            label={ht("ratings.byMail")}
            checked={value.ratings.by_mail ?? false}
            onChange={(by_mail) => void change({ by_mail })}
          />
          <Checkbox
            label={ht("ratings.bySms")}
            checked={value.ratings.by_sms ?? false}
            onChange={(by_sms) => void change({ by_sms })}
          />
          <p class="ui-hint">{ht("ratings.mailHint")}</p>
        </>
      ) : (
        <Awaited of={source} lines={2} small />
      )}
    </section>
  );
}
