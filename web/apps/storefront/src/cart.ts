/* Adding to the cart and changing it without leaving the page. */
import { released } from "./presses.ts";
import { announce, isRedrawing, read, show, takeCount } from "./swap.ts";

interface Problem {
  title?: string;
}

function post(form: HTMLFormElement, submitter: HTMLElement | null, accept: string) {
  const body = new URLSearchParams();
  for (const [name, value] of new FormData(form, submitter)) body.append(name, String(value));
  return fetch(form.action, { method: "POST", body, headers: { Accept: accept } });
}

function showCount(count: number) {
  const place = document.getElementById("cart-count");
  if (!place) return;
  const badge = document.createElement("span");
  badge.className = "count";
  badge.textContent = String(count);
  place.replaceChildren(badge);
}

async function add(form: HTMLFormElement) {
  const outcome = form.querySelector<HTMLElement>(".outcome");
  const button = form.querySelector("button");
  if (!outcome || button?.getAttribute("aria-disabled") === "true") return;
  button?.setAttribute("aria-disabled", "true");
  try {
    const response = await post(form, null, "application/json");
    const answer = await response.json();
    outcome.classList.toggle("good", response.ok);
    outcome.classList.toggle("message", !response.ok);
    if (response.ok) {
      showCount(answer.count);
      document.dispatchEvent(new CustomEvent("stoa:cart"));
      const link = document.createElement("a");
      link.href = form.dataset.cart ?? "";
      link.textContent = form.dataset.open ?? "";
      outcome.replaceChildren(`${form.dataset.added} `, link);
    } else {
      outcome.textContent = (answer as Problem).title ?? "";
    }
  } catch {
    form.submit(); // the plain way says what is wrong
  } finally {
    button?.removeAttribute("aria-disabled");
  }
}

let changing: Promise<void> = Promise.resolve();
let waiting = 0;

const FORM = "form[data-cart-form]";

type Entered = ReadonlyMap<string, string>;

function quantities(form: HTMLFormElement): HTMLInputElement[] {
  return [...form.querySelectorAll<HTMLInputElement>("input[type=number]")];
}

function entered(form: HTMLFormElement): Entered {
  return new Map(quantities(form).map(({ name, value }) => [name, value]));
}

/** What stood in the form when it was drawn. */
function drawn(form: HTMLFormElement): Entered {
  return new Map(quantities(form).map(({ name, defaultValue }) => [name, defaultValue]));
}

/** Whatever was entered into the form after `sent` stands in the fresh one too. */
function keepEntered(form: HTMLFormElement, sent: Entered, fresh: HTMLElement) {
  for (const field of quantities(form)) {
    if (field.value === sent.get(field.name)) continue;
    const same = fresh.querySelector<HTMLInputElement>(`#${CSS.escape(field.id)}`);
    if (!same) continue;
    same.value = field.value;
    // The browser tells of no change when the field of it is left: it was made in another one.
    if (field === document.activeElement) same.dataset.entered = "";
  }
}

async function change(form: HTMLFormElement, submitter: HTMLElement | null) {
  const region = form.closest("[data-swap]");
  if (!region) return;
  region.classList.add("busy");
  try {
    const sent = entered(form);
    const response = await post(form, submitter, "text/html");
    const page = await read(response);
    await released();
    if (!region.isConnected) return;
    if (!show(page, region, (fresh) => keepEntered(form, sent, fresh)))
      throw new Error("not shown");
    if (response.ok) announce(document.querySelector(".totals .sum")?.textContent?.trim() ?? "");
  } catch {
    location.reload();
  }
}

/** One change after the other: each needs the version that the one before it made. */
function enqueue(task: () => Promise<void>) {
  waiting++;
  const done = () => task().finally(() => waiting--);
  changing = changing.then(done, done);
}

/** The form as it is when its turn has come; the button pressed is the same one of it. */
function enqueueChange(pressed: HTMLElement | null) {
  const { name, value } = pressed instanceof HTMLButtonElement ? pressed : { name: "", value: "" };
  enqueue(async () => {
    const form = document.querySelector<HTMLFormElement>(FORM);
    if (!form) return;
    const buttons = [...form.querySelectorAll("button")];
    const button = name && buttons.find((one) => one.name === name && one.value === value);
    // The line that was to go is gone already.
    if (button !== undefined) await change(form, button || null);
  });
}

/** What leads on from the cart shows what was changed in it just before. */
function goAfterChanges(event: MouseEvent) {
  const link = (event.target as Element).closest<HTMLAnchorElement>("#cart a[href]");
  const isPlain = !event.ctrlKey && !event.metaKey && !event.shiftKey && event.button === 0;
  if (!link || !isPlain || waiting === 0) return;
  event.preventDefault();
  const { href } = link;
  void changing.then(() => {
    if (document.querySelector("#cart .problems")) return; // that is read first
    const links = document.querySelectorAll<HTMLAnchorElement>("#cart a[href]");
    [...links].find((one) => one.href === href)?.click();
  });
}

/* In the checkout only these: what somebody has typed there stays. The review has nothing typed, and
   its form names the sum it showed. */
const SUMS = ["your-order", "review"];

/** A proposal was accepted at the counter: what this page shows of the cart is drawn anew. */
async function refresh() {
  const region = document.querySelector("#cart[data-swap]");
  const shown = region?.querySelector<HTMLFormElement>(FORM);
  // Nothing of it was sent: what differs is still being typed, or waits for its turn.
  const sent = shown ? drawn(shown) : new Map();
  try {
    const response = await fetch(location.pathname, { headers: { Accept: "text/html" } });
    const page = await read(response);
    await released();
    if (region) {
      const form = region.querySelector<HTMLFormElement>(FORM);
      show(page, region, (fresh) => form && keepEntered(form, sent, fresh));
      return;
    }
    for (const id of SUMS) {
      const fresh = page.getElementById(id);
      if (fresh) document.getElementById(id)?.replaceWith(document.adoptNode(fresh));
    }
    takeCount(page);
  } catch {
    // No network: the next page shows it.
  }
}

export function startCart() {
  window.addEventListener("stoa:cart-changed", () => enqueue(refresh));
  document.addEventListener("submit", (event) => {
    const form = event.target as HTMLFormElement;
    if (form.matches("[data-add]")) {
      event.preventDefault();
      void add(form);
    } else if (form.matches("[data-cart-form]")) {
      event.preventDefault();
      enqueueChange(event.submitter);
    }
  });
  document.addEventListener("change", (event) => {
    const input = event.target as HTMLInputElement;
    const form = input.closest<HTMLFormElement>(FORM);
    if (!form || isRedrawing()) return;
    delete input.dataset.entered;
    if (form.reportValidity()) enqueueChange(null);
  });
  document.addEventListener("focusout", (event) => {
    const input = event.target as HTMLElement;
    if (input.dataset.entered === undefined || isRedrawing()) return;
    delete input.dataset.entered;
    if (input.closest<HTMLFormElement>(FORM)?.reportValidity()) enqueueChange(null);
  });
  document.addEventListener("click", goAfterChanges);
}
