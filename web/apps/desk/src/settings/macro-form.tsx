import { useSignal } from "@preact/signals";
import { Button, Checkbox, Dialog, SelectField, TextField } from "@stoa/ui";
import { type Act, changeMacro, createMacro, type Macro } from "../api/teamwork.ts";
import { useForm } from "../app/form.ts";
import { t } from "../app/texts.ts";
import { FormProblem } from "../session/gate.tsx";
import { shopOf, staff, start } from "../session/store.ts";
import { tagsOfShop } from "../teamwork/tags.ts";

interface MacroFormProps {
  macro: Macro | null;
  onSaved: (macro: Macro) => void;
  onClose: () => void;
}

/** What a macro can do, as its form has it. */
interface Wish {
  readonly assign: string;
  readonly tags: readonly string[];
  readonly snoozeHours: string;
  readonly isClosing: boolean;
}

function wishOf(acts: readonly Act[]): Wish {
  let wish: Wish = { assign: "", tags: [], snoozeHours: "", isClosing: false };
  for (const act of acts) {
    if (act.do === "assign_me") wish = { ...wish, assign: "me" };
    else if (act.do === "assign") wish = { ...wish, assign: act.staff_id ?? "nobody" };
    else if (act.do === "tag") wish = { ...wish, tags: act.tag_ids };
    else if (act.do === "snooze_for") wish = { ...wish, snoozeHours: String(act.minutes / 60) };
    else if (act.do === "snooze") wish = { ...wish, snoozeHours: "0" };
    else if (act.do === "close") wish = { ...wish, isClosing: true };
  }
  return wish;
}

function actsOf({ assign, tags, snoozeHours, isClosing }: Wish): Act[] {
  const acts: Act[] = [];
  if (assign === "me") acts.push({ do: "assign_me" });
  else if (assign) acts.push({ do: "assign", staff_id: assign === "nobody" ? null : assign });
  if (tags.length) acts.push({ do: "tag", tag_ids: [...tags] });
  const minutes = Math.round(Number(snoozeHours) * 60);
  if (isClosing) acts.push({ do: "close" });
  else if (snoozeHours === "0") acts.push({ do: "snooze", until: null });
  else if (minutes > 0) acts.push({ do: "snooze_for", minutes });
  return acts;
}

const DIGITS = [1, 2, 3, 4, 5, 6, 7, 8, 9];
const HOURS = ["1", "4", "24", "72", "168"] as const;

function hourOptions(chosen: string): [string, string][] {
  const others = chosen && chosen !== "0" && !HOURS.some((one) => one === chosen) ? [chosen] : [];
  return [
    ["", t("macros.noSnooze")],
    ["0", t("snooze.untilAnswer")],
    ...[...HOURS, ...others].map((hours): [string, string] => [
      hours,
      t("macros.hours", { count: Number(hours) }),
    ]),
  ];
}

export function MacroForm({ macro, onSaved, onClose }: MacroFormProps) {
  const shopId = macro?.shop_id ?? shopOf()?.id ?? "";
  const name = useSignal(macro?.name ?? "");
  const digit = useSignal(macro?.digit ? String(macro.digit) : "");
  const reply = useSignal(macro?.reply_id ?? "");
  const wish = useSignal(wishOf(macro?.acts ?? []));
  const form = useForm(() => [
    name.peek(),
    digit.peek(),
    reply.peek(),
    { ...wish.peek(), tags: [...wish.peek().tags].sort() },
  ]);
  const change = (more: Partial<Wish>) => {
    wish.value = { ...wish.peek(), ...more };
  };
  const replies = start.value?.saved_replies.filter((one) => one.shop_id === shopId) ?? [];
  const people = staff.value.filter(({ is_active }) => is_active);
  const submit = form.submit(async () => {
    const body = {
      name: name.value,
      digit: digit.value ? Number(digit.value) : null,
      reply_id: reply.value || null,
      acts: actsOf(wish.value),
    };
    onSaved(macro ? await changeMacro(macro.id, body) : await createMacro(shopId, body));
  });
  return (
    <Dialog
      title={t(macro ? "macros.change" : "macros.new")}
      closeLabel={t("action.close")}
      onClose={() => form.leave(onClose)}
    >
      <form class="stack" onSubmit={submit} noValidate>
        <FormProblem text={form.summary()} />
        <div class="columns">
          <TextField
            label={t("macros.name")}
            value={name.value}
            error={form.errorOf("name")}
            maxLength={60}
            onInput={(event) => (name.value = event.currentTarget.value)}
          />
          <SelectField
            label={t("macros.key")}
            value={digit.value}
            options={[
              ["", t("macros.noKey")],
              ...DIGITS.map((one): [string, string] => [String(one), `M ${one}`]),
            ]}
            onChange={(event) => (digit.value = event.currentTarget.value)}
          />
        </div>
        <SelectField
          label={t("macros.reply")}
          hint={t("macros.replyHint")}
          value={reply.value}
          options={[
            ["", t("macros.noReply")],
            ...replies.map(({ id, title }): [string, string] => [id, title]),
          ]}
          onChange={(event) => (reply.value = event.currentTarget.value)}
        />
        <SelectField
          label={t("bulk.assign")}
          value={wish.value.assign}
          options={[
            ["", t("macros.noAssign")],
            ["me", t("act.assignMe")],
            ["nobody", t("bulk.nobody")],
            ...people.map((one): [string, string] => [one.id, one.name]),
          ]}
          onChange={(event) => change({ assign: event.currentTarget.value })}
        />
        <fieldset class="plain-fieldset inline-checks">
          <legend class="ui-label">{t("tags.title")}</legend>
          {tagsOfShop(shopId).map(({ id, name: tag }) => (
            <Checkbox
              key={id}
              label={tag}
              checked={wish.value.tags.includes(id)}
              onChange={(isOn) => {
                const rest = wish.peek().tags.filter((one) => one !== id);
                change({ tags: isOn ? [...rest, id] : rest });
              }}
            />
          ))}
        </fieldset>
        <SelectField
          label={t("snooze.title")}
          value={wish.value.snoozeHours}
          disabled={wish.value.isClosing}
          options={hourOptions(wish.value.snoozeHours)}
          onChange={(event) => change({ snoozeHours: event.currentTarget.value })}
        />
        <Checkbox
          label={t("conversation.close")}
          checked={wish.value.isClosing}
          onChange={(isClosing) => change({ isClosing })}
        />
        <Button look="primary" type="submit" busy={form.isBusy.value} disabled={!name.value.trim()}>
          {t("action.save")}
        </Button>
      </form>
    </Dialog>
  );
}
