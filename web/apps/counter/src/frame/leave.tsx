import { useSignal } from "@preact/signals";
import { Button, TextArea, TextField } from "@stoa/ui";
import { useRef } from "preact/hooks";
import { conversation, leaveMessage } from "./chat.ts";
import { draft, setDraft } from "./draft.ts";
import { connect } from "./line.ts";
import { fieldErrors, isAddress, sentence } from "./problem.ts";
import { t } from "./texts.ts";
import { newClientId } from "./timeline.ts";
import { notice, view } from "./view.ts";

type Errors = Partial<Record<"name" | "email" | "body" | "consent", string>>;

function check(email: string, body: string, hasConsent: boolean): Errors {
  const errors: Errors = {};
  if (!isAddress(email)) errors.email = t("leave.errorEmail");
  if (!body) errors.body = t("leave.errorBody");
  if (!hasConsent) errors.consent = t("leave.errorConsent");
  return errors;
}

/** The form for a message that is answered by e-mail. What was typed stays until it is stored. */
export function LeaveForm() {
  const name = useSignal(conversation.value?.contact_name ?? "");
  const email = useSignal(conversation.value?.contact_email ?? "");
  const hasConsent = useSignal(false);
  const errors = useSignal<Errors>({});
  const problem = useSignal("");
  const isBusy = useSignal(false);
  const clientId = useRef(newClientId());
  const form = useRef<HTMLFormElement>(null);

  function showErrors(found: Errors) {
    errors.value = found;
    requestAnimationFrame(() => {
      form.current?.querySelector<HTMLElement>("[aria-invalid=true]")?.focus();
    });
  }

  async function submit(event: Event) {
    event.preventDefault();
    const message = {
      name: name.value.trim(),
      email: email.value.trim(),
      body: draft.value.trim(),
    };
    const found = check(message.email, message.body, hasConsent.value);
    problem.value = "";
    showErrors(found);
    if (Object.keys(found).length > 0) return;
    isBusy.value = true;
    try {
      await connect();
      setDraft("");
      await leaveMessage(message, clientId.current);
      notice.value = t("leave.done", { email: message.email });
      view.value = "chat";
    } catch (error) {
      setDraft(message.body);
      showErrors(fieldErrors(error));
      problem.value = sentence(error);
    }
    isBusy.value = false;
  }

  return (
    <form ref={form} class="form" noValidate onSubmit={submit}>
      <p class="quiet">{t("leave.intro")}</p>
      <TextField
        label={t("leave.name")}
        autocomplete="name"
        maxLength={200}
        data-autofocus
        value={name.value}
        error={errors.value.name}
        onInput={(event) => {
          name.value = event.currentTarget.value;
        }}
      />
      <TextField
        label={t("leave.email")}
        type="email"
        inputMode="email"
        autocomplete="email"
        required
        value={email.value}
        error={errors.value.email}
        onInput={(event) => {
          email.value = event.currentTarget.value;
        }}
      />
      <TextArea
        label={t("leave.body")}
        required
        rows={5}
        maxLength={5000}
        value={draft.value}
        error={errors.value.body}
        onInput={(event) => setDraft(event.currentTarget.value)}
      />
      <div class="ui-field">
        <label class="ui-checkbox">
          <input
            type="checkbox"
            required
            checked={hasConsent.value}
            aria-invalid={errors.value.consent ? "true" : undefined}
            aria-describedby={errors.value.consent ? "consent-error" : undefined}
            onChange={(event) => {
              hasConsent.value = event.currentTarget.checked;
            }}
          />
          <span>{t("leave.consent")}</span>
        </label>
        {errors.value.consent && (
          <p id="consent-error" class="ui-error">
            {errors.value.consent}
          </p>
        )}
      </div>
      {problem.value && (
        <p class="is-bad" role="alert">
          {problem.value}
        </p>
      )}
      <Button type="submit" look="primary" busy={isBusy.value}>
        {t("leave.submit")}
      </Button>
    </form>
  );
}
