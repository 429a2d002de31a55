import { useSignal } from "@preact/signals";
import { Button, TextField } from "@stoa/ui";
import { useRef } from "preact/hooks";
import { busy } from "./acts.ts";
import { isPhone } from "./phone.ts";
import { ct } from "./texts.ts";

interface CallbackProps {
  ask: (phone: string) => Promise<boolean>;
  onClose: () => void;
}

/** The number is asked for because the page may be gone by then; it is not needed. */
export function CallbackForm({ ask, onClose }: CallbackProps) {
  const phone = useSignal("");
  const error = useSignal("");
  const form = useRef<HTMLFormElement>(null);
  async function submit(event: Event) {
    event.preventDefault();
    const number = phone.value.trim();
    error.value = number && !isPhone(number) ? ct("callback.errorPhone") : "";
    if (error.value) form.current?.querySelector("input")?.focus();
    else await ask(number);
  }
  return (
    <form ref={form} class="stack call-form" noValidate onSubmit={submit}>
      <p class="quiet">{ct("callback.intro")}</p>
      <TextField
        label={ct("callback.phone")}
        hint={ct("callback.phoneHint")}
        type="tel"
        inputMode="tel"
        autocomplete="tel"
        maxLength={40}
        autoFocus
        value={phone.value}
        error={error.value}
        onInput={(event) => {
          phone.value = event.currentTarget.value;
        }}
      />
      <div class="row">
        <Button type="submit" look="primary" busy={busy.value === "callback"}>
          {ct("callback.submit")}
        </Button>
        <Button look="quiet" onClick={onClose}>
          {ct("callback.stay")}
        </Button>
      </div>
    </form>
  );
}
