import { useSignal } from "@preact/signals";
import { LANGUAGE_NAMES, TAGS, type Tag } from "@stoa/i18n";
import { Badge, Button, Checkbox, SelectField, Skeleton, showToast, TextField } from "@stoa/ui";
import { useEffect, useMemo } from "preact/hooks";
import { changePassword, endSession, listSessions, type StaffSession } from "../api/session.ts";
import { useAct } from "../app/act.ts";
import {
  askForNotifications,
  isSoundOn,
  notificationState,
  switchSound,
} from "../app/attention.ts";
import { useForm, wordsFor } from "../app/form.ts";
import { SinglePane } from "../app/panes.tsx";
import { type Resource, resource } from "../app/resource.ts";
import { formats, language, t } from "../app/texts.ts";
import { chooseTheme, type Theme, theme } from "../app/theme.ts";
import { FormProblem } from "../session/gate.tsx";
import { changeMe, me } from "../session/store.ts";
import { deviceWords } from "./device-words.ts";

function Person() {
  const name = useSignal(me.value?.name ?? "");
  const form = useForm(() => name.peek().trim());
  const speech = useForm();
  const onSubmit = form.submit(async () => {
    await changeMe({ name: name.value.trim() });
    showToast({ text: t("action.saved"), tone: "good" });
  });
  return (
    <form class="stack" onSubmit={onSubmit} noValidate>
      <FormProblem text={form.summary() ?? speech.summary()} />
      <div class="columns">
        <TextField
          label={t("link.name")}
          hint={t("link.nameHint")}
          value={name.value}
          autocomplete="name"
          error={form.errorOf("name")}
          onInput={(event) => (name.value = event.currentTarget.value)}
        />
        <SelectField
          label={t("signin.language")}
          value={language.value}
          options={TAGS.map((tag) => [tag, LANGUAGE_NAMES[tag]] as const)}
          onChange={(event) => {
            const locale = event.currentTarget.value as Tag;
            void speech.submit(() => changeMe({ locale }))();
          }}
        />
      </div>
      <div>
        <Button
          type="submit"
          busy={form.isBusy.value}
          disabled={name.value.trim() === me.value?.name}
        >
          {t("action.save")}
        </Button>
      </div>
    </form>
  );
}

function Device() {
  const themes: readonly (readonly [Theme, string])[] = [
    ["system", t("theme.system")],
    ["light", t("theme.light")],
    ["dark", t("theme.dark")],
  ];
  const state = notificationState.value;
  return (
    <div class="stack">
      <div class="columns">
        <SelectField
          label={t("theme.label")}
          value={theme.value}
          options={themes}
          onChange={(event) => chooseTheme(event.currentTarget.value as Theme)}
        />
      </div>
      <Checkbox label={t("sound.label")} checked={isSoundOn.value} onChange={switchSound} />
      {state === "default" && (
        <div>
          <Button onClick={askForNotifications}>{t("notifications.ask")}</Button>
        </div>
      )}
      {state === "granted" && <p class="quiet">{t("notifications.on")}</p>}
      {state === "denied" && <p class="quiet">{t("notifications.denied")}</p>}
    </div>
  );
}

function Password() {
  const form = useForm();
  const current = useSignal("");
  const next = useSignal("");
  const onSubmit = form.submit(async () => {
    await changePassword(current.value, next.value);
    current.value = "";
    next.value = "";
    showToast({ text: t("password.changed"), tone: "good" });
  });
  return (
    <form class="stack" onSubmit={onSubmit} noValidate>
      <FormProblem text={form.summary()} />
      <input type="hidden" name="username" autocomplete="username" value={me.value?.email} />
      <div class="columns">
        <TextField
          label={t("password.current")}
          type="password"
          autocomplete="current-password"
          value={current.value}
          error={form.errorOf("current")}
          onInput={(event) => (current.value = event.currentTarget.value)}
        />
        <TextField
          label={t("password.new")}
          hint={t("link.passwordHint")}
          type="password"
          autocomplete="new-password"
          value={next.value}
          error={form.errorOf("new")}
          onInput={(event) => (next.value = event.currentTarget.value)}
        />
      </div>
      <div>
        <Button type="submit" busy={form.isBusy.value} disabled={!current.value || !next.value}>
          {t("password.submit")}
        </Button>
      </div>
    </form>
  );
}

function SessionRow({
  session,
  list,
}: {
  session: StaffSession;
  list: Resource<readonly StaffSession[]>;
}) {
  const act = useAct();
  const end = async () => {
    await endSession(session.id);
    await list.load();
  };
  return (
    <li class="block-row">
      <span class="grow">
        {deviceWords(session.user_agent) || t("sessions.unknown")}
        <span class="quiet block">
          {session.ip} · {formats().relative(session.last_seen_at)}
        </span>
      </span>
      {session.is_current ? (
        <Badge tone="good">{t("sessions.current")}</Badge>
      ) : (
        <Button small busy={act.isBusy} onClick={() => act.run(end)}>
          {t("sessions.end")}
        </Button>
      )}
    </li>
  );
}

function Sessions() {
  const list = useMemo(() => resource(async () => (await listSessions()).items), []);
  useEffect(() => void list.load(), [list]);
  const { value, error } = list.state.value;
  if (error) return <FormProblem text={wordsFor(error)} />;
  if (!value) return <Skeleton />;
  return (
    <ul class="block-list">
      {value.map((session) => (
        <SessionRow key={session.id} session={session} list={list} />
      ))}
    </ul>
  );
}

/** One's own name, language, look, sound, password and devices. */
export function AccountPage() {
  return (
    <SinglePane>
      <header class="pane-head">
        <h1>{t("nav.account")}</h1>
      </header>
      <div class="page">
        <section>
          <h2>{t("account.person")}</h2>
          <Person />
        </section>
        <section>
          <h2>{t("account.device")}</h2>
          <Device />
        </section>
        <section>
          <h2>{t("password.title")}</h2>
          <Password />
        </section>
        <section>
          <h2>{t("sessions.title")}</h2>
          <p class="page-intro">{t("sessions.text")}</p>
          <Sessions />
        </section>
      </div>
    </SinglePane>
  );
}
