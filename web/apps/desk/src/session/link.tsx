import unlink from "lucide:unlink";
import { useSignal } from "@preact/signals";
import { Button, Empty, Skeleton, TextField } from "@stoa/ui";
import { useEffect, useMemo } from "preact/hooks";
import { type Link, readLink } from "../api/session.ts";
import { useForm, wordsFor } from "../app/form.ts";
import { resource } from "../app/resource.ts";
import { go } from "../app/router.ts";
import { language, t } from "../app/texts.ts";
import { FormProblem, Gate } from "./gate.tsx";
import { answerLink } from "./store.ts";

const TITLES = {
  setup: "link.setup.title",
  invite: "link.invite.title",
  reset: "link.reset.title",
} as const;
const TEXTS = {
  setup: "link.setup.text",
  invite: "link.invite.text",
  reset: "link.reset.text",
} as const;

/** The page behind a one-time link: the first administrator, an invitation, a new password. */
export function LinkPage({ token }: { token: string }) {
  const link = useMemo(() => resource(() => readLink(token)), [token]);
  useEffect(() => void link.load(), [link]);
  const { value, error } = link.state.value;
  if (error)
    return (
      <Gate title={t("link.broken.title")}>
        <Empty icon={unlink} title={wordsFor(error)}>
          <a href="/desk">{t("link.toSignIn")}</a>
        </Empty>
      </Gate>
    );
  if (!value)
    return (
      <Gate title={t("app.name")}>
        <Skeleton />
      </Gate>
    );
  return (
    <Gate title={t(TITLES[value.purpose])}>
      <LinkForm token={token} link={value} />
    </Gate>
  );
}

function LinkForm({ token, link }: { token: string; link: Link }) {
  const form = useForm();
  const email = useSignal(link.email);
  const name = useSignal(link.name);
  const password = useSignal("");
  const submit = form.submit(async () => {
    await answerLink(token, {
      password: password.value,
      ...(link.purpose !== "reset" && {
        email: email.value.trim(),
        name: name.value.trim(),
        locale: language.value,
      }),
    });
    go({ page: "inbox", view: "mine", id: null }, { replace: true });
  });
  return (
    <form class="stack" onSubmit={submit} noValidate>
      <p class="quiet">{t(TEXTS[link.purpose])}</p>
      <FormProblem text={form.summary()} />
      <TextField
        label={t("signin.email")}
        type="email"
        name="email"
        autocomplete="username"
        required
        readOnly={link.purpose !== "setup"}
        value={email.value}
        error={form.errorOf("email")}
        onInput={(event) => {
          email.value = event.currentTarget.value;
        }}
      />
      {link.purpose !== "reset" && (
        <TextField
          label={t("link.name")}
          hint={t("link.nameHint")}
          name="name"
          autocomplete="name"
          required
          value={name.value}
          error={form.errorOf("name")}
          onInput={(event) => {
            name.value = event.currentTarget.value;
          }}
        />
      )}
      <TextField
        label={t("link.password")}
        hint={t("link.passwordHint")}
        type="password"
        name="password"
        autocomplete="new-password"
        required
        value={password.value}
        error={form.errorOf("password")}
        onInput={(event) => {
          password.value = event.currentTarget.value;
        }}
      />
      <Button look="primary" type="submit" busy={form.isBusy.value}>
        {t("link.submit")}
      </Button>
    </form>
  );
}
