import { computed, signal } from "@preact/signals";
import { isAnythingUnsaved, whenMayLeave } from "./unsaved.ts";

export const VIEWS = ["mine", "unassigned", "all", "snoozed", "closed", "due"] as const;
/** One that everybody has, or a saved one by its id. */
export type View = (typeof VIEWS)[number] | `v-${string}`;

export type Route =
  | { page: "inbox"; view: View; id: string | null }
  | { page: "visits"; id: string | null }
  | { page: "calls" }
  | { page: "board" }
  | { page: "orders"; id: string | null }
  | { page: "customers"; id: string | null }
  | { page: "catalogue"; id: string | null }
  | { page: "imports"; id: string | null }
  | { page: "search" }
  | { page: "replies" }
  | { page: "order" }
  | { page: "people" }
  | { page: "teams" }
  | { page: "channels" }
  | { page: "rules"; id: string | null }
  | { page: "webhooks"; id: string | null }
  | { page: "settings" }
  | { page: "account" }
  | { page: "link"; token: string };

export type Page = Route["page"];

function isView(name: string): name is View {
  return name.startsWith("v-") || VIEWS.some((view) => view === name);
}

/** Reads a path of the desk; an unknown one is the inbox. */
export function parse(path: string): Route {
  const [, , page = "inbox", first = "", second = ""] = path.split("/").map(decodeURIComponent);
  switch (page) {
    case "visits":
    case "orders":
    case "customers":
    case "catalogue":
    case "imports":
    case "rules":
    case "webhooks":
      return { page, id: first || null };
    case "calls":
    case "board":
    case "search":
    case "replies":
    case "order":
    case "people":
    case "teams":
    case "channels":
    case "settings":
    case "account":
      return { page };
    case "setup":
    case "invite":
    case "reset":
    case "link":
      return { page: "link", token: first };
    default: {
      const view = isView(first) ? first : undefined;
      return { page: "inbox", view: view ?? "mine", id: (view && second) || null };
    }
  }
}

/** Returns the path of a route. */
export function pathOf(route: Route): string {
  switch (route.page) {
    case "inbox":
      return ["/desk/inbox", route.view, route.id].filter(Boolean).join("/");
    case "link":
      return `/desk/link/${route.token}`;
    case "calls":
    case "board":
    case "search":
    case "replies":
    case "order":
    case "people":
    case "teams":
    case "channels":
    case "settings":
    case "account":
      return `/desk/${route.page}`;
    default:
      return [`/desk/${route.page}`, route.id].filter(Boolean).join("/");
  }
}

const path = signal(location.pathname);

/** Where the reader is. */
export const route = computed(() => parse(path.value));

/** Which step of the history this is: how far the browser went back is found by it. */
let place = 0;
/** The step that may be gone to whatever is unsaved, because whoever writes has said so. */
let allowed: number | null = null;

function placeOf(state: unknown): number | null {
  const known = (state as { place?: unknown } | null)?.place;
  return typeof known === "number" ? known : null;
}

/** Goes to a route; `replace` leaves no step to come back to. Asks first, where something written
 * would be lost. */
export function go(to: Route, { replace = false } = {}): void {
  const target = pathOf(to);
  if (target === path.peek()) return;
  whenMayLeave(() => {
    if (!replace) place += 1;
    history[replace ? "replaceState" : "pushState"]({ place }, "", target);
    path.value = target;
  });
}

/** Follows the browser's back and forward, which are there already when they are heard of: who has
 * to be asked first is brought back, so that the address is the one of what is seen. */
function follow(): void {
  const to = placeOf(history.state);
  if (to === null) {
    // A place within this page, by a link as "#main".
    place += 1;
    history.replaceState({ place }, "");
    return;
  }
  const isElsewhere = location.pathname !== path.peek();
  if (isElsewhere && to !== place && to !== allowed && isAnythingUnsaved()) {
    const steps = to - place;
    history.go(-steps);
    whenMayLeave(() => {
      allowed = to;
      history.go(steps);
    });
    return;
  }
  place = to;
  allowed = null;
  path.value = location.pathname;
}

/** Listens to the browser's back and forward and takes clicks on links to the desk. */
export function startRouter(): void {
  place = placeOf(history.state) ?? 0;
  history.replaceState({ place }, "");
  addEventListener("popstate", follow);
  document.addEventListener("click", (event) => {
    const link = event.target instanceof Element ? event.target.closest("a") : null;
    const isPlain = !event.defaultPrevented && event.button === 0;
    if (!link || !isPlain || event.metaKey || event.ctrlKey || event.shiftKey) return;
    if (link.target || link.origin !== location.origin) return;
    if (!link.pathname.startsWith("/desk")) return;
    event.preventDefault();
    go(parse(link.pathname));
  });
}
