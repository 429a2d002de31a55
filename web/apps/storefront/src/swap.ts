/* Replaces one region of the page by the same region of another one, instead of loading it whole:
   choosing a variant, filtering, sorting, paging. The server's pages stay the only truth. */

import { released } from "./presses.ts";

const REGION = "[data-swap]";
let turn = 0;
let isShowing = false;

/** Whether a region is being replaced right now. Chromium then tells of a change and of a lost focus
 * in the field that goes, though nobody left it. */
export function isRedrawing(): boolean {
  return isShowing;
}

export function announce(text: string) {
  const place = document.getElementById("announcer");
  if (place) place.textContent = text;
}

/** The number at the cart becomes the one of a freshly fetched page. */
export function takeCount(page: Document) {
  const fresh = page.getElementById("cart-count");
  const shown = document.getElementById("cart-count");
  if (fresh && shown) shown.innerHTML = fresh.innerHTML;
}

/** Returns how to find the focused element again in a region drawn anew. */
function focusedIn(region: Element): (() => void) | null {
  const focused = document.activeElement;
  if (!(focused instanceof HTMLElement) || !region.contains(focused)) return null;
  const { id } = focused;
  const text = focused.textContent;
  const name = focused.getAttribute("name");
  return () => {
    const same =
      (id && document.getElementById(id)) ||
      [...document.querySelectorAll<HTMLElement>(`${REGION} a, ${REGION} [name]`)].find(
        (element) => element.textContent === text && element.getAttribute("name") === name,
      );
    if (same) same.focus({ preventScroll: true });
  };
}

/** Returns the page that the response holds. */
export async function read(response: Response): Promise<Document> {
  return new DOMParser().parseFromString(await response.text(), "text/html");
}

/** Shows the page's region in the place of this one; false when it has no such region. `prepare`
 * has the fresh one before it is shown. */
export function show(
  page: Document,
  region: Element,
  prepare: (fresh: HTMLElement) => void = () => undefined,
): boolean {
  const fresh = page.getElementById(region.id);
  if (!fresh) return false;
  const focus = focusedIn(region);
  prepare(fresh);
  isShowing = true;
  region.replaceWith(document.adoptNode(fresh));
  isShowing = false;
  takeCount(page);
  document.title = page.title;
  focus?.();
  const problem = fresh.querySelector<HTMLElement>(".problems");
  if (problem) problem.focus();
  else announce(fresh.querySelector("[data-announce]")?.textContent ?? "");
  fresh.dispatchEvent(new CustomEvent("stoa:shown", { bubbles: true }));
  return true;
}

/** Goes to `url` by drawing the region anew; falls back to a plain navigation. */
async function go(url: string, region: Element, remember: boolean) {
  const mine = ++turn;
  region.classList.add("busy");
  try {
    const response = await fetch(url, { headers: { Accept: "text/html" } });
    const page = await read(response);
    await released();
    // Something else was asked for since, or another page is shown.
    if (mine !== turn || !region.isConnected) return;
    if (!response.ok || !show(page, region)) throw new Error("not shown");
    if (remember) history.pushState({ swapped: true }, "", url);
    else history.replaceState({ swapped: true }, "", url);
  } catch {
    if (mine === turn) location.assign(url);
  }
}

function filtersOf(form: HTMLFormElement): string {
  const query = new URLSearchParams();
  for (const [name, value] of new FormData(form)) {
    if (value && !(name === "sort" && value === "recommended")) query.append(name, String(value));
  }
  const text = query.toString();
  return text ? `${form.action}?${text}` : form.action;
}

/** On a wide screen the filters are always open. */
export function openWide() {
  const wide = matchMedia("(min-width: 60rem)").matches;
  for (const details of document.querySelectorAll<HTMLDetailsElement>("[data-wide-open]")) {
    if (wide) details.open = true;
  }
}

export function startSwapping() {
  document.addEventListener("click", (event) => {
    const plain = !event.ctrlKey && !event.metaKey && !event.shiftKey && event.button === 0;
    const link = (event.target as Element).closest<HTMLAnchorElement>("a[data-swap-link]");
    const region = link?.closest(REGION);
    if (!plain || !link || !region) return;
    event.preventDefault();
    void go(link.href, region, false);
  });
  document.addEventListener("change", (event) => {
    const form = (event.target as Element).closest<HTMLFormElement>("form[data-filters]");
    const region = form?.closest(REGION);
    if (form && region) void go(filtersOf(form), region, true);
  });
  document.addEventListener("submit", (event) => {
    const form = event.target as HTMLFormElement;
    const region = form.closest(REGION);
    if (!form.matches("[data-filters]") || !region) return;
    event.preventDefault();
    void go(filtersOf(form), region, true);
  });
  document.addEventListener("stoa:shown", openWide);
  addEventListener("popstate", (event) => {
    if (event.state?.turned) return;
    if (event.state?.swapped || document.querySelector("form[data-filters]")) location.reload();
  });
}
