/* Co-browsing on the customer's page: loaded when an agent was let in, and gone with a stop. */

import type { MaskingRules } from "@stoa/protocol";
import type { Actions } from "./actions.ts";
import type { PageState, ToFrame, ToPage } from "./messages.ts";
import { Overlay } from "./overlay.ts";
import { PAYMENT, PaymentWatch } from "./payment.ts";
import { BadRules, closest, isSecretField, Privacy } from "./privacy.ts";
import { elementOf, Recorder } from "./recorder.ts";
import { MASK, safeAddress, scrub } from "./values.ts";

/** The agent says every five seconds that the replica is on screen. */
const WATCHED_MS = 12_000;
const LOOK_MS = 500;

class Page {
  private readonly port: MessagePort;
  private readonly overlay: Overlay;
  private actions: Promise<Actions> | undefined;
  private readonly payment = new PaymentWatch();
  private readonly ended = new AbortController();
  private rules: MaskingRules | undefined;
  private privacy: Privacy | undefined;
  private path = "";
  private recorder: Recorder | undefined;
  private stream = "";
  private watchedAt = Number.NEGATIVE_INFINITY;
  private silentUntil = 0;
  private isLive = true;
  private hasYielded = false;
  private isRefused = false;
  private told = "";
  private href = "";
  private ticker = 0;

  constructor(port: MessagePort) {
    this.port = port;
    this.overlay = new Overlay({
      stop: () => this.tell({ type: "stop" }),
      release: () => this.tell({ type: "release" }),
    });
    port.onmessage = (event) => this.hear(event.data as ToPage);
    const { signal } = this.ended;
    document.addEventListener("visibilitychange", this.returned, { signal });
    window.addEventListener("focus", this.returned, { signal });
    window.addEventListener("pageshow", this.returned, { signal });
    // Two windows side by side: the one that is used.
    const used = () => this.hasYielded && this.returned();
    window.addEventListener("pointerdown", used, { signal, passive: true, capture: true });
    window.addEventListener("resize", () => this.look(), { signal, passive: true });
    window.addEventListener("pagehide", () => this.leave(), { signal });
    this.ticker = window.setInterval(() => this.look(), LOOK_MS);
  }

  private tell(message: ToFrame) {
    this.port.postMessage(message);
  }

  private hear(message: ToPage) {
    switch (message.type) {
      case "session":
        if (message.rules) {
          this.rules = message.rules;
          this.privacy = undefined;
        }
        this.overlay.show(message.words, message.isInControl);
        void this.allow(message.isInControl);
        if (message.isWatched) this.watchedAt = performance.now();
        if (document.hasFocus()) this.tell({ type: "claim" });
        break;
      case "watch":
        this.watchedAt = performance.now();
        // A sign of life: a page on which nothing happens would be silent, as one that is gone is.
        if (message.keyframe || this.state().state !== "hidden") this.told = "";
        if (message.keyframe) this.recorder?.keyframe();
        break;
      case "sent":
        return this.recorder?.sent();
      case "line":
        this.isLive = message.isLive;
        break;
      case "yield":
        this.hasYielded = true;
        break;
      case "slow":
        this.silentUntil = performance.now() + message.seconds * 1_000;
        break;
      case "refused":
        this.isRefused = true;
        break;
      case "released":
        this.overlay.release();
        return void this.allow(false);
      case "point":
        if (this.recorder) this.overlay.point(message.point, this.stream);
        return;
      case "act":
        return void this.act(message.act);
      case "end":
        return this.end();
    }
    this.look();
  }

  private async act(act: Extract<ToPage, { type: "act" }>["act"]) {
    // Every tab hears it; the page it is meant for does it.
    if (act.stream !== this.stream || !this.recorder) return;
    const { action_id } = act;
    const actions = await this.actions;
    const why = !actions ? "no_control" : this.payment.isOn() ? "payment" : "";
    const done =
      why || !actions
        ? { outcome: "refused" as const, reason: why, target: "" }
        : await actions.run(act);
    this.tell({ type: "acted", action_id, ...done });
  }

  /** The agent may act here, or may not any more. */
  private async allow(isAllowed: boolean) {
    if (isAllowed) {
      this.actions ??= import("./actions.ts").then(
        ({ Actions }) =>
          new Actions({
            overlay: this.overlay,
            privacy: () => this.privacy,
            elementOf,
            closest,
            isSecretField,
            payment: PAYMENT,
            mask: MASK,
          }),
      );
    }
    const actions = await this.actions;
    if (actions) actions.isAllowed = isAllowed;
  }

  /** This tab is looked at again: it is the one that is shown. */
  private readonly returned = () => {
    if (document.visibilityState === "visible") {
      this.hasYielded = false;
      this.tell({ type: "claim" });
    }
    this.look();
  };

  // ---- what is shown ----

  private isWatched(): boolean {
    return performance.now() - this.watchedAt < WATCHED_MS;
  }

  private state(): Pick<PageState, "state" | "reason"> {
    if (document.visibilityState !== "visible" || this.hasYielded) {
      return { state: "hidden", reason: "" };
    }
    if (!this.readRules() || this.privacy?.pauses) return { state: "paused", reason: "rule" };
    if (this.payment.isOn()) return { state: "paused", reason: "payment" };
    return { state: "shown", reason: "" };
  }

  /* Rules go by the path, which a page may change without a reload. */
  private readRules(): boolean {
    if (this.privacy && this.path === location.pathname) return true;
    if (!this.rules) return false;
    this.path = location.pathname;
    try {
      this.privacy = new Privacy(this.rules, this.path);
    } catch (error) {
      if (!(error instanceof BadRules)) throw error;
      this.privacy = undefined;
      return false;
    }
    this.stopRecording();
    return true;
  }

  /** Looks how things stand, and records or does not. */
  private look() {
    const now = this.state();
    const isSilent = performance.now() < this.silentUntil;
    const isOn =
      now.state === "shown" && this.isWatched() && this.isLive && !isSilent && !this.isRefused;
    if (!isOn) this.stopRecording();
    else if (!this.recorder) this.startRecording();
    this.overlay.say(this.isRefused ? "refused" : now.state === "paused" ? "paused" : "sees");
    this.tellState(now);
  }

  private startRecording() {
    if (!this.privacy || document.readyState === "loading") return;
    const { privacy } = this;
    this.recorder = new Recorder(privacy, this.payment, {
      mayLeave: () => {
        // A page that turned without a reload may have other rules than what was recorded by.
        const isShown = this.state().state === "shown" && this.isWatched();
        const may = isShown && this.privacy === privacy;
        if (!may) this.look();
        return may;
      },
      batch: (batch, keyframe, events) => {
        const { stream } = this;
        if (location.href !== this.href) this.tellState(this.state());
        this.tell({ type: "batch", stream, batch, keyframe, events });
      },
    });
    this.stream = this.recorder.stream;
  }

  private stopRecording() {
    if (!this.recorder) return;
    this.recorder.stop();
    this.recorder = undefined;
    // What the agent pointed at was on that page.
    this.overlay.clear();
  }

  /** The agent is told where the customer is, when that changed and somebody watches. */
  private tellState({ state, reason }: Pick<PageState, "state" | "reason">) {
    if (!this.isWatched() || !this.isLive || this.isRefused) return;
    this.stream ||= Math.random().toString(36).slice(2, 12);
    this.href = location.href;
    const masksTitle = !this.privacy || this.privacy.level(document.documentElement) === "mask";
    const page: PageState = {
      stream: this.stream,
      url: safeAddress(location.href, location.href),
      title: masksTitle ? MASK : scrub(document.title).slice(0, 300),
      state,
      reason,
      width: window.innerWidth,
      height: window.innerHeight,
    };
    const told = Object.values(page).join("\n");
    if (told === this.told) return;
    this.told = told;
    this.tell({ type: "page", page });
  }

  private leave() {
    this.stopRecording();
    this.tellState({ state: "gone", reason: "" });
  }

  /** Nothing of it is left. */
  end(): void {
    this.stopRecording();
    clearInterval(this.ticker);
    this.ended.abort();
    this.overlay.remove();
    this.port.close();
  }
}

let page: Page | undefined;

/** The page is shown as the frame at the other end of the port says; an earlier frame is gone. */
export function start(port: MessagePort): void {
  page?.end();
  page = new Page(port);
}
