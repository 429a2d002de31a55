import { useSignal } from "@preact/signals";
import { Banner, Button, TextField } from "@stoa/ui";
import { useForm } from "../app/form.ts";
import { t } from "../app/texts.ts";
import { FormProblem, Gate } from "./gate.tsx";
import { signIn } from "./store.ts";

/** `hasEnded`: somebody worked here a moment ago, and did not sign out. */
export function SignIn({ hasEnded = false }: { hasEnded?: boolean | undefined }) {
  const form = useForm();
  const email = useSignal("");
  const password = useSignal("");
  return (
    <Gate title={t("signin.title")}>
      <form
        class="stack"
        onSubmit={form.submit(() => signIn(email.value.trim(), password.value))}
        noValidate
      >
        {hasEnded && <Banner tone="neutral">{t("signin.ended")}</Banner>}
        <FormProblem text={form.summary()} />
        <TextField
          label={t("signin.email")}
          type="email"
          name="email"
          autocomplete="username"
          autofocus
          required
          value={email.value}
          error={form.errorOf("email")}
          onInput={(event) => {
            email.value = event.currentTarget.value;
          }}
        />
        <TextField
          label={t("signin.password")}
          type="password"
          name="password"
          autocomplete="current-password"
          required
          value={password.value}
          error={form.errorOf("password")}
          onInput={(event) => {
            password.value = event.currentTarget.value;
          }}
        />
        <Button look="primary" type="submit" busy={form.isBusy.value}>
          {t("signin.submit")}
        </Button>
      </form>
    </Gate>
  );
}
