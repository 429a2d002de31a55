import { computed, signal } from "@preact/signals";

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

/** Goes to a route; `replace` leaves no step to come back to. */
export function go(to: Route, { replace = false } = {}): void {
  const target = pathOf(to);
  if (target === path.value) return;
  history[replace ? "replaceState" : "pushState"](null, "", target);
  path.value = target;
}

/** Listens to the browser's back and forward and takes clicks on links to the desk. */
export function startRouter(): void {
  addEventListener("popstate", () => {
    path.value = location.pathname;
  });
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
