import type { Tag } from "@stoa/i18n";

/** What the server wrote into the frame's page. */
export interface Boot {
  readonly shop_id: string;
  readonly shop_name: string;
  readonly locale: Tag;
  readonly locales: readonly Tag[];
  readonly attachment_max_bytes: number;
  /** What shows the page around the frame to an agent; the loader fetches it. */
  readonly cobrowse_script: string;
  /** Where the style of calls is, which is loaded with their part. */
  readonly call_style: string;
  /** What draws a call on the page itself; the loader fetches it. */
  readonly call_script: string;
}

export const boot = JSON.parse(document.getElementById("boot")?.textContent ?? "{}") as Boot;

/** Whether this tab carried a call on the page before this one. */
export const wasInCall = new URLSearchParams(location.search).has("call");

/** Whether the page around the frame is the shop itself, where cookies know the visitor. */
export const isAtHome = (() => {
  try {
    return window.parent.location.origin === location.origin;
  } catch {
    return false; // a page of another origin hides its address
  }
})();
