/* Hints at the field on leaving it, and no second click. The server checks everything again. */

import { whenReleased } from "./presses.ts";

type Reason = "field.required" | "field.email";

export interface FieldReport {
  field: string;
  reason: string | null; // null: it is fine now
}

function report(field: string, reason: string | null) {
  const detail: FieldReport = { field, reason };
  document.dispatchEvent(new CustomEvent("stoa:field", { detail }));
}

type Control = HTMLInputElement | HTMLSelectElement | HTMLTextAreaElement;

function reasonOf(control: Control): Reason | null {
  const text = control.value.trim();
  if (control.required && !text) return "field.required";
  if (control.type === "email" && text && !/^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(text)) {
    return "field.email";
  }
  return null;
}

function hint(control: Control, words: DOMStringMap) {
  const place = document.getElementById(`${control.name}-error`);
  if (!place) return;
  const reason = reasonOf(control);
  const wasWrong = control.getAttribute("aria-invalid") === "true";
  if (reason) {
    place.textContent = words[reason === "field.email" ? "email" : "required"] ?? "";
    control.setAttribute("aria-invalid", "true");
    const described = new Set((control.getAttribute("aria-describedby") ?? "").split(" "));
    control.setAttribute("aria-describedby", [place.id, ...described].join(" ").trim());
    report(control.name, reason);
  } else if (wasWrong) {
    control.removeAttribute("aria-invalid");
    report(control.name, null);
  }
  place.hidden = !reason;
}

/** Only some countries' addresses name a province. */
function showRegion(select: HTMLSelectElement) {
  const field = document.getElementById(`${select.dataset.region}-field`);
  if (field)
    field.hidden = !(select.dataset.regionCountries ?? "").split(" ").includes(select.value);
}

/** The button says that it is at work, and a second press does nothing. */
function hold(form: HTMLFormElement, event: SubmitEvent) {
  if (form.dataset.sent) {
    event.preventDefault();
    return;
  }
  form.dataset.sent = "1";
  const button = form.querySelector<HTMLButtonElement>("button[data-busy]");
  if (button) {
    button.setAttribute("aria-disabled", "true");
    button.textContent = button.dataset.busy ?? "";
  }
}

export function startCheckout() {
  const checkout = document.querySelector<HTMLElement>("[data-checkout]");
  if (!checkout) return;
  const idle = new Map<HTMLButtonElement, string>();
  for (const button of checkout.querySelectorAll<HTMLButtonElement>("button[data-busy]")) {
    idle.set(button, button.textContent ?? "");
  }
  checkout.addEventListener("focusout", (event) => {
    const control = event.target as Control;
    const touched = control.value !== control.dataset.before || control.ariaInvalid === "true";
    if (control.matches("input, select, textarea") && touched) {
      // A message that appears or goes moves what is below it.
      whenReleased(() => hint(control, checkout.dataset));
    }
  });
  checkout.addEventListener("focusin", (event) => {
    const control = event.target as Control;
    if ("value" in control) control.dataset.before ??= control.value;
  });
  for (const select of checkout.querySelectorAll<HTMLSelectElement>("select[data-region]")) {
    select.addEventListener("change", () => showRegion(select));
  }
  checkout.addEventListener("submit", (event) => hold(event.target as HTMLFormElement, event));
  // Back from the next page, the form as the browser kept it can be sent again.
  addEventListener("pageshow", (event) => {
    if (!event.persisted || !checkout.isConnected) return;
    for (const [button, text] of idle) {
      button.textContent = text;
      button.removeAttribute("aria-disabled");
      delete button.form?.dataset.sent;
    }
  });
  for (const box of checkout.querySelectorAll<HTMLInputElement>("[data-reveals]")) {
    const details = document.getElementById(box.dataset.reveals ?? "") as HTMLDetailsElement | null;
    box.addEventListener("change", () => {
      if (details) details.open = box.checked;
    });
  }
}
