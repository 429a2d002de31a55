/* Adding to the cart and changing it without leaving the page. */
import { announce, show, takeCount } from "./swap.ts";

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

async function change(form: HTMLFormElement, submitter: HTMLElement | null) {
  const region = form.closest("[data-swap]");
  if (!region) return;
  region.classList.add("busy");
  try {
    const response = await post(form, submitter, "text/html");
    if (!(await show(response, region))) throw new Error("not shown");
    if (response.ok) announce(document.querySelector(".totals .sum")?.textContent?.trim() ?? "");
  } catch {
    location.reload();
  }
}

/** One change after the other: each needs the version that the one before it made. */
function enqueue(task: () => Promise<void>) {
  changing = changing.then(task, task);
}

/* In the checkout only these: what somebody has typed there stays. The review has nothing typed, and
   its form names the sum it showed. */
const SUMS = ["your-order", "review"];

/** A proposal was accepted at the counter: what this page shows of the cart is drawn anew. */
async function refresh() {
  const region = document.querySelector("#cart[data-swap]");
  try {
    const response = await fetch(location.pathname, { headers: { Accept: "text/html" } });
    if (region) {
      await show(response, region);
      return;
    }
    const page = new DOMParser().parseFromString(await response.text(), "text/html");
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
      const { submitter } = event;
      enqueue(() => change(form, submitter));
    }
  });
  document.addEventListener("change", (event) => {
    const input = event.target as HTMLInputElement;
    const form = input.closest<HTMLFormElement>("form[data-cart-form]");
    if (!form?.reportValidity()) return;
    enqueue(() => {
      const current = document.querySelector<HTMLFormElement>("form[data-cart-form]");
      return current ? change(current, null) : Promise.resolve();
    });
  });
}
