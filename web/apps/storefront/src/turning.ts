/* Pages turned within the page. While somebody at the counter talks to the customer or looks at the
   page with them, leaving it would cut the sound and blank the agent's view for a moment. So links
   and forms of the shop are then fetched, and the new page's body takes the place of the old one's;
   the counter, which stands beside the body, is not touched. Everything else about a page turn stays
   as it was: address, title, history, scrolling, focus. What cannot be done so is a plain load. */
import { announce } from "./swap.ts";

const ENGAGED = "stoa-counter[data-engaged]";
const OURS = /^\/[a-z]{2}(\/|$)/;

interface Turn {
  readonly url: string;
  readonly body?: URLSearchParams;
  /** How the browser does it by itself. */
  readonly plainly: () => void;
  readonly history: "push" | "none";
  readonly scroll?: number;
}

let turn = 0;
let asking: AbortController | undefined;

/** A call or a shared view is on in this tab, as the counter's loader says. */
function isEngaged(): boolean {
  return document.querySelector(ENGAGED) !== null;
}

function isOurs(address: string): boolean {
  const url = new URL(address, location.href);
  return url.origin === location.origin && OURS.test(url.pathname);
}

/** What a page needs to be shown in place of another: the same styles and scripts. */
function equipment(page: Document): string {
  const parts = page.head.querySelectorAll("link[rel=stylesheet], script[src]");
  return [...parts].map((part) => part.getAttribute("href") ?? part.getAttribute("src")).join(" ");
}

function takeHead(page: Document) {
  document.title = page.title;
  document.documentElement.lang = page.documentElement.lang;
  for (const selector of ["#stoa-page", "link[rel=canonical]", "meta[name=robots]"]) {
    const fresh = page.head.querySelector(selector);
    const shown = document.head.querySelector(selector);
    if (fresh && shown) shown.replaceWith(document.adoptNode(fresh));
    else if (fresh) document.head.append(document.adoptNode(fresh));
    else shown?.remove();
  }
}

function showPlace(url: URL, scroll: number | undefined) {
  const named = url.hash ? document.getElementById(url.hash.slice(1)) : null;
  const problem = document.querySelector<HTMLElement>(".problems");
  if (scroll !== undefined) scrollTo({ top: scroll, behavior: "instant" });
  else if (named) named.scrollIntoView({ behavior: "instant" });
  else scrollTo({ top: 0, behavior: "instant" });
  (problem ?? document.getElementById("content"))?.focus({ preventScroll: !problem });
  announce(document.title);
}

/** Shows the answer as the page. False: it is none that can be shown here. */
function showPage(response: Response, text: string, { history: how, scroll }: Turn): boolean {
  const url = new URL(response.url);
  if (!response.headers.get("content-type")?.startsWith("text/html") || !isOurs(response.url)) {
    return false;
  }
  const page = new DOMParser().parseFromString(text, "text/html");
  if (equipment(page) !== equipment(document)) return false;
  if (how === "push") {
    history.replaceState({ ...history.state, turned: true, scroll: scrollY }, "");
    history.pushState({ turned: true }, "", url);
  }
  takeHead(page);
  document.body.className = page.body.className;
  document.body.replaceChildren(...document.adoptNode(page.body).childNodes);
  dispatchEvent(new CustomEvent("stoa:turned"));
  showPlace(url, scroll);
  return true;
}

async function go(asked: Turn) {
  const mine = ++turn;
  asking?.abort();
  asking = new AbortController();
  const { url, body } = asked;
  document.documentElement.setAttribute("aria-busy", "true");
  try {
    const response = await fetch(url, {
      method: body ? "POST" : "GET",
      ...(body && { body }),
      headers: { Accept: "text/html" },
      signal: asking.signal,
    });
    const text = await response.text();
    // Somebody went on to another page while this one came.
    if (mine === turn && !showPage(response, text, asked)) asked.plainly();
  } catch {
    if (mine === turn) asked.plainly(); // the browser says what is wrong in its own way
  } finally {
    if (mine === turn) document.documentElement.removeAttribute("aria-busy");
  }
}

function followLink(event: MouseEvent) {
  const isPlain = !event.ctrlKey && !event.metaKey && !event.shiftKey && event.button === 0;
  const link = (event.target as Element).closest<HTMLAnchorElement>("a[href]");
  if (!isPlain || event.defaultPrevented || !link || !isEngaged() || !isOurs(link.href)) return;
  // Another language is another counter: it is loaded whole.
  if (link.target || link.download || link.hreflang) return;
  if (link.hash && link.href.split("#")[0] === location.href.split("#")[0]) return;
  event.preventDefault();
  void go({ url: link.href, history: "push", plainly: () => location.assign(link.href) });
}

/** Sends the form as the browser would have, the pressed button's value included. */
function submitPlainly(form: HTMLFormElement, button: HTMLElement | null) {
  if (button instanceof HTMLButtonElement && button.name) {
    const named = document.createElement("input");
    Object.assign(named, { type: "hidden", name: button.name, value: button.value });
    form.append(named);
  }
  HTMLFormElement.prototype.submit.call(form);
}

/* Read from attributes: a field named "method" stands in front of the form's own property. The
   shop's forms carry what makes a second sending harmless, so the plain way may follow ours. */
function sendForm(event: SubmitEvent) {
  const form = event.target as HTMLFormElement;
  const action = new URL(form.getAttribute("action") ?? "", location.href);
  if (event.defaultPrevented || !isEngaged() || !isOurs(action.href)) return;
  if (form.hasAttribute("target") || form.hasAttribute("enctype")) return;
  const { submitter } = event;
  const values = new URLSearchParams();
  for (const [name, value] of new FormData(form, submitter)) values.append(name, String(value));
  event.preventDefault();
  const plainly = () => submitPlainly(form, submitter);
  if (form.getAttribute("method")?.toLowerCase() === "post") {
    void go({ url: action.href, body: values, history: "push", plainly });
    return;
  }
  action.search = values.toString();
  void go({ url: action.href, history: "push", plainly });
}

/** From now on the shop's pages turn within the page for as long as the counter is engaged. */
export function startTurning() {
  // On window, so that whatever the page does with a click or a form comes first.
  addEventListener("click", followLink);
  addEventListener("submit", sendForm);
  addEventListener("popstate", (event) => {
    if (!event.state?.turned) return;
    const plainly = () => location.reload();
    const url = location.href;
    if (!isEngaged()) plainly();
    else void go({ url, history: "none", scroll: event.state.scroll ?? 0, plainly });
  });
}
