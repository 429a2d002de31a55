import { type Signal, useComputed, useSignal } from "@preact/signals";
import { Button, Checkbox, Skeleton, showToast, TextField } from "@stoa/ui";
import { useEffect, useMemo } from "preact/hooks";
import { changeLimits, type Limits, type LimitsView, readLimits } from "../api/limits.ts";
import { perform } from "../app/act.ts";
import { Failed } from "../app/failed.tsx";
import { useForm } from "../app/form.ts";
import { Problem } from "../app/http.ts";
import { resource } from "../app/resource.ts";
import { formats, language, t } from "../app/texts.ts";
import { FormProblem } from "../session/gate.tsx";
import { channelName } from "./channels.ts";
import { ht, prepareHours } from "./texts.ts";

const isSame = (one: Limits, other: Limits) => JSON.stringify(one) === JSON.stringify(other);
const isQuiet = ({ quiet_from, quiet_until }: Limits) => quiet_from !== quiet_until;

/** "21:00:00" as the reader's language writes it. */
function onTheWall(time: string): string {
  const [hours, minutes] = time.split(":").map(Number);
  return time ? formats().time(new Date(2026, 0, 1, hours, minutes)) : "…";
}

/** A time as the server writes it, whatever a browser leaves out of it. */
const whole = (time: string) => (time.length === 5 ? `${time}:00` : time);

/** What the limits mean, as one would say it. */
function Meaning({ limits }: { limits: Limits }) {
  const from = onTheWall(limits.quiet_from);
  const until = onTheWall(limits.quiet_until);
  const said = isQuiet(limits)
    ? [
        ht("limits.means.quiet", { from, until }),
        ht(limits.is_urgent_exempt ? "limits.means.urgentLeaves" : "limits.means.urgentWaits"),
      ]
    : [ht("limits.means.never")];
  if (limits.per_day >= 1) said.push(ht("limits.means.cap", { count: limits.per_day }));
  if (limits.reply_days >= 1) said.push(ht("limits.means.answers", { count: limits.reply_days }));
  return (
    <ul class="limits-meaning" aria-live="polite" aria-label={ht("limits.means")}>
      {said.map((words) => (
        <li key={words}>{words}</li>
      ))}
    </ul>
  );
}

interface FieldsProps {
  limits: Limits;
  view: LimitsView;
  errorOf: (field: string) => string | undefined;
  change: (more: Partial<Limits>) => void;
}

function QuietFields({
  limits,
  view,
  isOn,
  errorOf,
  change,
}: FieldsProps & { isOn: Signal<boolean> }) {
  const last = useSignal(isQuiet(limits) ? limits : view.usual);
  const toggle = (is: boolean) => {
    if (!is && isQuiet(limits)) last.value = limits;
    isOn.value = is;
    const { quiet_from, quiet_until } = last.value;
    change({ quiet_from, quiet_until: is ? quiet_until : quiet_from });
  };
  const pointless = isQuiet(limits) ? undefined : ht("limits.pointless");
  return (
    <>
      <Checkbox label={ht("limits.isQuiet")} checked={isOn.value} onChange={toggle} />
      {isOn.value && (
        <>
          <div class="limits-times">
            <TextField
              label={ht("limits.from")}
              type="time"
              value={limits.quiet_from.slice(0, 5)}
              error={errorOf("quiet_from")}
              onInput={(event) => change({ quiet_from: whole(event.currentTarget.value) })}
            />
            <TextField
              label={ht("limits.until")}
              type="time"
              value={limits.quiet_until.slice(0, 5)}
              error={errorOf("quiet_until") ?? pointless}
              onInput={(event) => change({ quiet_until: whole(event.currentTarget.value) })}
            />
          </div>
          <p class="ui-hint">{ht("limits.zone", { zone: view.timezone.replaceAll("_", " ") })}</p>
          <Checkbox
            label={ht("limits.urgent")}
            checked={limits.is_urgent_exempt}
            onChange={(is_urgent_exempt) => change({ is_urgent_exempt })}
          />
        </>
      )}
    </>
  );
}

function CountFields({ limits, errorOf, change }: FieldsProps) {
  const field = (name: "per_day" | "reply_days", label: string, max: number) => (
    <TextField
      label={label}
      type="number"
      min={1}
      max={max}
      value={Number.isNaN(limits[name]) ? "" : limits[name]}
      error={errorOf(name)}
      onInput={(event) => change({ [name]: event.currentTarget.valueAsNumber })}
    />
  );
  return (
    <div class="columns">
      {field("per_day", ht("limits.perDay"), 100)}
      {field("reply_days", ht("limits.replyDays"), 365)}
    </div>
  );
}

function LimitsForm({ shopId, view, take }: LimitsPartProps & Shown) {
  const draft = useSignal(view.limits);
  const form = useForm(() => draft.peek());
  const isOn = useSignal(isQuiet(view.limits));
  const isPointless = isOn.value && !isQuiet(draft.value);
  const isChanged = useComputed(() => !isSame(draft.value, view.limits)).value;
  const change = (more: Partial<Limits>) => {
    draft.value = { ...draft.peek(), ...more };
  };
  const isConflict = form.problem.value instanceof Problem && form.problem.value.status === 409;

  async function put(limits: Limits, seen: LimitsView) {
    const saved = await changeLimits(shopId, limits, seen.limits);
    take(saved);
    return saved;
  }
  const save = form.submit(async () => {
    const saved = await put(draft.peek(), view);
    showToast({
      text: t("action.saved"),
      tone: "good",
      undo: {
        label: t("action.undo"),
        run: () => void perform(() => put(view.limits, saved)),
      },
    });
  });
  const part = {
    limits: draft.value,
    view,
    errorOf: (name: string) => form.errorOf(`limits.${name}`),
    change,
  };
  return (
    <form class="stack" noValidate onSubmit={save}>
      <FormProblem text={form.problem.value && (form.summary() ?? ht("limits.problem"))} />
      {isConflict && (
        <div>
          <Button
            small
            onClick={() =>
              void perform(async () => {
                take(await readLimits(shopId));
              })
            }
          >
            {ht("limits.reload")}
          </Button>
        </div>
      )}
      <QuietFields {...part} isOn={isOn} />
      <CountFields {...part} />
      <Meaning limits={draft.value} />
      <div class="row wrap">
        <Button type="submit" busy={form.isBusy.value} disabled={!isChanged || isPointless}>
          {t("action.save")}
        </Button>
        {!isSame(view.limits, view.usual) && (
          <Button
            look="quiet"
            disabled={form.isBusy.value}
            onClick={() => {
              draft.value = view.usual;
              isOn.value = isQuiet(view.usual);
              void save();
            }}
          >
            {ht("limits.usual", {
              from: onTheWall(view.usual.quiet_from),
              until: onTheWall(view.usual.quiet_until),
              count: view.usual.per_day,
            })}
          </Button>
        )}
      </div>
    </form>
  );
}

interface LimitsPartProps {
  shopId: string;
}

interface Shown {
  view: LimitsView;
  take: (view: LimitsView) => void;
}

/** When nothing leaves, and how much one person gets in a day. */
export function LimitsPart({ shopId }: LimitsPartProps) {
  const source = useMemo(
    () =>
      resource(async () => {
        const [view] = await Promise.all([readLimits(shopId), prepareHours()]);
        return view;
      }),
    [shopId],
  );
  useEffect(() => void source.load(), [source]);
  const { value, error } = source.state.value;
  if (!value)
    return error ? <Failed error={error} retry={source.load} small /> : <Skeleton lines={5} />;
  const channels = new Intl.ListFormat(language.value).format(value.channels.map(channelName));
  return (
    <section>
      <h2>{ht("limits.title")}</h2>
      <p class="page-intro">{ht("limits.intro", { channels })}</p>
      {/* Whatever was taken, the form begins with it. */}
      <LimitsForm
        key={JSON.stringify(value.limits)}
        shopId={shopId}
        view={value}
        take={(view) => source.change(() => view)}
      />
    </section>
  );
}
