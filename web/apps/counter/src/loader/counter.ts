import {
  type CallAct,
  type CallSign,
  envelope,
  opened,
  type PageQuestion,
  type ToFrame,
  type ToPage,
} from "../bridge.ts";
import { stepAside } from "./aside.ts";
import { Cobrowse } from "./cobrowse.ts";
import { lendTitle, make, own } from "./dom.ts";
import { type Remembered, recallCall, recallScript, remember, rememberCall } from "./memory.ts";
import { coverPage } from "./page.ts";
import { fetchPart } from "./parts.ts";
import { drawQuestion } from "./question.ts";
import { draw, drawFailure, drawInvitation, drawWaiting, type LoaderTexts } from "./view.ts";

type CallPart = typeof import("../page/call.ts");

export interface CounterOptions {
  /** Stoa's origin, where the frame lives. */
  readonly origin: string;
  readonly position: string;
  readonly label: string;
  /** Which shop, where one Stoa serves several; "" for the shop of its host name. */
  readonly shop: string;
  readonly tag: string;
  readonly textsFor: (tag: string) => LoaderTexts;
}

/** Without a word from the frame for this long, the visitor is told. */
const PATIENCE_MS = 10_000;
const FULL_SCREEN = "(max-width: 479.98px), (max-height: 479.98px)";

/** The button on the page and the panel it opens. Nothing is stored or connected before a click. */
export class Counter {
  private readonly view;
  private readonly lookAside = stepAside(() =>
    [this.view.button, this.bubble, this.asked, this.callBar?.element].filter(
      (part) => part !== undefined,
    ),
  );
  private readonly narrow = matchMedia(FULL_SCREEN);
  private texts: LoaderTexts;
  private tag: string;
  private frame: HTMLIFrameElement | undefined;
  private bubble: HTMLElement | undefined;
  private question: PageQuestion | null = null;
  private asked: HTMLElement | undefined;
  private readonly cobrowse: Cobrowse;
  private call: CallSign | null = null;
  private callScript = "";
  private callPart: Promise<CallPart> | undefined;
  private callBar: ReturnType<CallPart["drawCall"]> | undefined;
  private readonly engagements = new Set<string>();
  private givesTitleBack: (() => void) | undefined;
  private uncover: (() => void) | undefined;
  private patience = 0;
  private unread = 0;
  private isOpen = false;
  private isReady = false;
  private isRunning = false;
  private readonly options: CounterOptions;

  constructor(options: CounterOptions) {
    this.options = options;
    this.tag = options.tag;
    this.texts = options.textsFor(options.tag);
    this.view = draw(options.position);
    this.cobrowse = new Cobrowse(options.origin);
    this.write();
    this.listen();
  }

  readonly open = (): void => this.show(true);

  readonly close = (): void => {
    if (!this.isOpen) return;
    const hadFocus = own("activeElement") === this.view.host;
    this.isOpen = false;
    this.fit();
    this.view.panel.hidden = true;
    this.view.button.hidden = false;
    this.showCall(hadFocus);
    if (hadFocus) this.view.button.focus();
    this.post({ type: "hidden" });
    this.ask(this.question);
    this.keep();
  };

  /** Continues what an earlier page of this tab began. */
  resume(remembered: Remembered): void {
    if (remembered === "open" && !this.narrow.matches) this.show(false);
    else if (remembered || recallCall() || recallScript()) this.load();
  }

  private show(takesFocus: boolean) {
    if (!this.isOpen) {
      this.isOpen = true;
      this.dismissBubble();
      this.asked?.remove();
      this.view.button.hidden = true;
      this.view.panel.hidden = false;
      this.showCall();
      this.fit();
      if (!this.frame) this.load();
      if (takesFocus) this.view.panel.focus();
      this.keep();
    }
    this.tellShown(takesFocus);
  }

  private readonly load = (): void => {
    this.frame?.remove();
    this.isReady = false;
    drawWaiting(this.view, this.texts);
    this.view.waiting.hidden = false;
    const frame = make("iframe");
    frame.title = this.texts.title;
    // The browser still asks its person, and only once there is a call.
    frame.allow = "microphone; camera; display-capture; autoplay; clipboard-write";
    frame.style.visibility = "hidden";
    const { origin, shop } = this.options;
    const call = recallCall() && { call: "on" };
    const query = new URLSearchParams({ locale: this.tag, ...(shop && { shop }), ...call });
    frame.src = `${origin}/counter/frame?${query}`;
    this.frame = frame;
    this.view.panel.append(frame);
    clearTimeout(this.patience);
    this.patience = window.setTimeout(() => {
      if (!this.isReady) drawFailure(this.view, this.texts, this.load, this.close);
    }, PATIENCE_MS);
  };

  private welcome() {
    this.isReady = true;
    clearTimeout(this.patience);
    this.view.waiting.hidden = true;
    if (this.frame) this.frame.style.visibility = "visible";
    this.post({ type: "page", url: location.origin + location.pathname, title: own("title") });
    if (this.isOpen) this.tellShown(own("activeElement") === this.view.host);
  }

  private post(message: ToFrame) {
    if (!this.isReady) return;
    this.frame?.contentWindow?.postMessage(envelope(message), this.options.origin);
  }

  private tellShown(takesFocus: boolean) {
    this.post({ type: "shown", isFullScreen: this.narrow.matches, takesFocus });
    if (takesFocus && this.isReady) this.frame?.focus();
  }

  /* A full screen is modal: the page behind can be neither scrolled nor reached. */
  private fit() {
    this.uncover?.();
    this.view.panel.classList.toggle("full", this.narrow.matches);
    const isModal = this.isOpen && this.narrow.matches;
    this.uncover = isModal ? coverPage(this.view.panel) : undefined;
  }

  private keep() {
    if (this.isOpen && !this.narrow.matches) remember("open");
    else remember(this.isRunning ? "listening" : null);
  }

  private write() {
    this.view.write(this.texts, this.options.label, this.unread);
    if (this.frame) this.frame.title = this.texts.title;
  }

  private count(unread: unknown) {
    this.unread = Math.max(0, Number(unread) || 0);
    this.write();
  }

  /* A call that rings takes the button's place, and so does one that is on while the panel is shut. */
  private showCall(takesFocus = false) {
    const buttons = (bar = this.callBar) => [...(bar?.element.querySelectorAll("button") ?? [])];
    const focused = takesFocus ? 0 : buttons().findIndex((button) => button.matches(":focus"));
    this.callBar?.remove();
    this.callBar = undefined;
    this.givesTitleBack?.();
    const { call } = this;
    if (call?.kind === "incoming") this.givesTitleBack = lendTitle(call.title);
    if (!this.isOpen) this.view.button.hidden = call !== null;
    if (!call || this.isOpen) return;
    this.dismissBubble();
    this.callPart ??= fetchPart<CallPart>(this.options.origin, this.callScript);
    this.callPart.then(
      ({ drawCall }) => {
        if (this.call !== call || this.isOpen || this.callBar) return;
        this.callBar = drawCall(this.view.button, call, this.act);
        buttons()[focused]?.focus();
        this.lookAside();
      },
      () => {
        // The page's own policy may forbid it: then the panel asks, and the button leads there.
        this.callPart = undefined;
        this.view.button.hidden = this.isOpen;
        if (call.kind === "incoming") this.show(false);
      },
    );
  }

  /* Whoever talks or is watched should not lose that to a page turn: the shop's own pages turn
     within the page while the element says so. */
  private engage(by: string, isSo: boolean) {
    if (isSo) this.engagements.add(by);
    else this.engagements.delete(by);
    this.view.host.toggleAttribute("data-engaged", this.engagements.size > 0);
  }

  private readonly act = (act: CallAct | "open"): void => {
    if (act !== "open") this.post({ type: "call", act });
    if (act === "open" || act === "accept") this.show(true);
  };

  private dismissBubble() {
    this.bubble?.remove();
    this.bubble = undefined;
  }

  private invite({ id, text, name }: Record<string, unknown>) {
    if (this.isOpen || typeof id !== "string" || typeof text !== "string") return;
    this.dismissBubble();
    const invitation = { text, name: typeof name === "string" ? name : "" };
    this.bubble = drawInvitation(this.view, this.texts, invitation, (isAccepted) => {
      this.dismissBubble();
      const detail = { id, isAccepted };
      window.dispatchEvent(new CustomEvent("stoa:invitation-answered", { detail }));
      if (isAccepted) this.show(true);
      else this.view.button.focus();
    });
    this.lookAside();
  }

  /* While the panel is open the frame asks by itself. */
  private ask(question: PageQuestion | null) {
    this.question = question;
    this.asked?.remove();
    this.asked = undefined;
    if (!question || this.isOpen) return;
    this.dismissBubble();
    this.asked = drawQuestion(this.view, question, (isAgreed) => {
      this.post({ type: "answered", id: question.id, isAgreed });
      this.ask(null);
    });
    this.lookAside();
  }

  /* As if the customer had followed a link: a shop that turns its pages within the page does so. */
  private go(url: string) {
    const link = make("a");
    link.href = url;
    if (!/^https?:$/.test(link.protocol)) return;
    if (this.narrow.matches) this.close();
    link.hidden = true;
    own("documentElement").append(link);
    link.click();
    link.remove();
  }

  private hear(message: ToPage, port: MessagePort | undefined) {
    if (message.type === "ready") this.welcome();
    else if (message.type === "close") this.close();
    else if (message.type === "unread") this.count(message.count);
    else if (message.type === "running") {
      this.isRunning = Boolean(message.isRunning);
      this.keep();
    } else if (message.type === "question") {
      this.ask(message.question);
    } else if (message.type === "cobrowse") {
      this.engage("cobrowse", message.script !== null);
      this.cobrowse.hear(message.script, port).catch(() => this.post({ type: "unseen" }));
    } else if (message.type === "call") {
      this.call = message.sign;
      this.callScript = String(message.script);
      rememberCall(message.sign?.kind === "live");
      this.engage("call", message.sign?.kind === "live");
      this.showCall();
    } else if (message.type === "go") {
      this.go(String(message.url));
    } else if (message.type === "cart") {
      window.dispatchEvent(new CustomEvent("stoa:cart-changed"));
    } else if (message.type === "language") {
      this.tag = String(message.tag);
      this.texts = this.options.textsFor(this.tag);
      this.write();
    }
  }

  private listen() {
    this.view.button.addEventListener("click", this.open);
    this.view.panel.addEventListener("keydown", (event) => {
      if (event.key === "Escape") this.close();
    });
    this.narrow.addEventListener("change", () => {
      this.fit();
      if (this.isOpen) this.tellShown(false);
    });
    window.addEventListener("message", (event) => {
      if (event.origin !== this.options.origin || !this.frame) return;
      if (event.source !== this.frame.contentWindow) return;
      const message = opened<ToPage>(event.data);
      if (message) this.hear(message, event.ports[0]);
    });
    // The shop's own pages tell of answers and invitations that came over the visit's line.
    window.addEventListener("stoa:unread", (event) => {
      this.count((event as CustomEvent).detail?.count);
    });
    window.addEventListener("stoa:invitation", (event) => {
      this.invite((event as CustomEvent).detail ?? {});
    });
  }
}
