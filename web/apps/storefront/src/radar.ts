/* Tells the desk where in the shop this visit is, so that an agent sees what the customer sees.
   Of a form it tells the name of a field and why it was refused, never what was entered. */
import { Client } from "@stoa/client";
import type { PageReport, VisitOpened, VisitReports } from "@stoa/protocol";
import type { FieldReport } from "./checkout.ts";

type Report = VisitReports["reports"][number];

/** What the server wrote into the page (`stoa.storefront.rendering`). */
interface PageContext {
  shop_id: string;
  locale: string;
  kind: PageReport["kind"];
  title: string;
  path: string;
  product_id: string | null;
  step: NonNullable<PageReport["step"]>;
  errors: { field: string; reason: string }[];
  payment: { method: string; outcome: "refused" | "succeeded" } | null;
}

const AT_ONCE = 20;
const ACTIVE_EVERY_MS = 15_000;
const RAGE = { clicks: 4, withinMs: 1_500, pixels: 40 };

function externalReferrer(): string {
  try {
    const url = new URL(document.referrer);
    return url.origin === location.origin ? "" : `${url.origin}${url.pathname}`.slice(0, 300);
  } catch {
    return ""; // none, or none we understand
  }
}

function pageReport(page: PageContext): Report {
  return {
    type: "page",
    kind: page.kind,
    path: page.path.slice(0, 300),
    title: page.title.slice(0, 200),
    product_id: page.product_id,
    step: page.step,
    locale: page.locale,
    referrer: externalReferrer(),
  };
}

class Radar {
  private readonly client: Client;
  private readonly waiting: Report[] = [];
  private isLive = false;
  private hasVisitor = false;
  private invited = "";
  private activeAt = Date.now();
  private clicks: { at: number; x: number; y: number }[] = [];

  private page: PageContext;

  constructor(page: PageContext) {
    this.page = page;
    this.client = new Client({ surface: "storefront", locale: page.locale });
    this.client.onState((state) => {
      this.isLive = state === "live";
      if (this.isLive) void this.open();
    });
    this.tellTroubles();
    this.client.onSignal("invitation", ({ id, text, staff_name }) =>
      this.invite(id, text, staff_name),
    );
    this.listen();
  }

  /** Another page took the place of this one, over the same line. */
  turn(page: PageContext) {
    this.page = page;
    if (this.isLive) this.send([pageReport(page)]);
    this.tellTroubles();
  }

  close() {
    this.client.close();
  }

  private tellTroubles() {
    const { errors, payment } = this.page;
    for (const { field, reason } of errors) this.tell({ type: "field_error", field, reason });
    if (payment) this.tell({ type: "payment", ...payment });
  }

  /** The page says who it is at every new line; what was gathered meanwhile follows. */
  private async open() {
    try {
      const opened = await this.client.command("visit.open", {});
      this.hasVisitor = opened.visitor_id !== null;
      this.client.subscribe(`invitations:${opened.visit_id}`, {
        after: null,
        event: () => undefined,
        resync: async () => null,
        // What was told before they are heard here is not told again.
        joined: () => void this.lookForInvitation(),
      });
      this.send([pageReport(this.page), ...this.waiting.splice(0, AT_ONCE - 1)]);
      if (opened.visitor_id) this.hearProposals(opened.visitor_id);
      this.takeInvitation(opened);
    } catch {
      // The visit is not followed (no cookie, or the radar is off): the shop works all the same.
    }
  }

  private async lookForInvitation() {
    this.takeInvitation(await this.client.command("visit.open", {}).catch(() => null));
  }

  private takeInvitation(opened: VisitOpened | null) {
    const invitation = opened?.invitation;
    if (invitation) this.invite(invitation.id, invitation.text, invitation.staff_name);
  }

  /** Made, answered or withdrawn: the cart's page looks at them again, and at those that were made
   * before this line heard of it. */
  private hearProposals(visitorId: string) {
    const look = () => void window.dispatchEvent(new CustomEvent("stoa:proposals"));
    this.client.subscribe(`visitor:${visitorId}`, {
      after: null,
      event: look,
      joined: look,
      resync: async () => {
        look();
        return null;
      },
    });
  }

  private send(reports: Report[]) {
    this.client.signal("visit", { shop_id: this.page.shop_id, reports });
  }

  private tell(report: Report) {
    if (this.isLive) this.send([report]);
    else if (this.waiting.length < AT_ONCE) this.waiting.push(report);
  }

  private invite(id: string, text: string, name: string | null) {
    if (id === this.invited) return;
    this.invited = id;
    window.dispatchEvent(new CustomEvent("stoa:invitation", { detail: { id, text, name } }));
  }

  private listen() {
    window.addEventListener("stoa:invitation-answered", (event) => {
      const { id, isAccepted } = (event as CustomEvent<{ id: string; isAccepted: boolean }>).detail;
      const state = isAccepted ? "accepted" : "dismissed";
      this.client.command("invitation.answer", { invitation_id: id, state }).catch(() => undefined);
    });
    document.addEventListener("stoa:field", (event) => {
      const { field, reason } = (event as CustomEvent<FieldReport>).detail;
      if (reason) this.tell({ type: "field_error", field, reason });
      else this.tell({ type: "field_fixed", field });
    });
    // The first thing put into the cart makes the browser a visitor: the line is opened as theirs.
    document.addEventListener("stoa:cart", () => {
      if (this.hasVisitor) return;
      this.client.reconnect();
      void this.open();
    });
    for (const type of ["scroll", "pointerdown", "keydown"]) {
      document.addEventListener(type, this.active, { passive: true });
    }
    document.addEventListener("visibilitychange", () => {
      this.tell({ type: "active", is_visible: !document.hidden });
    });
    document.addEventListener("click", this.clicked);
  }

  private readonly active = () => {
    if (Date.now() - this.activeAt < ACTIVE_EVERY_MS) return;
    this.activeAt = Date.now();
    this.tell({ type: "active", is_visible: true });
  };

  private readonly clicked = (event: MouseEvent) => {
    const { timeStamp: at, clientX: x, clientY: y } = event;
    this.clicks = this.clicks.filter(
      (click) =>
        at - click.at < RAGE.withinMs && Math.hypot(click.x - x, click.y - y) < RAGE.pixels,
    );
    this.clicks.push({ at, x, y });
    if (this.clicks.length < RAGE.clicks) return;
    this.clicks = [];
    const hit = (event.target as Element).closest("a, button, input, select, label, summary, img");
    const target = (hit ?? (event.target as Element)).localName.toLowerCase();
    if (/^[a-z][a-z0-9_.-]{0,39}$/.test(target)) this.tell({ type: "rage", target });
  };
}

let running: Radar | null = null;

let shown: PageContext | null = null;

/** The visit is followed while the page is shown; a page kept for going back has no line. */
export function followPage(text: string) {
  const isFirst = shown === null;
  shown = JSON.parse(text) as PageContext;
  if (running) running.turn(shown);
  else running = new Radar(shown);
  if (isFirst) watchLeaving();
}

function watchLeaving() {
  addEventListener("pagehide", () => {
    running?.close();
    running = null;
  });
  addEventListener("pageshow", (event) => {
    if (event.persisted && shown) running ??= new Radar({ ...shown, errors: [], payment: null });
  });
}
