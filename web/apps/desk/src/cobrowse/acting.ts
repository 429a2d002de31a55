import { type Signal, signal } from "@preact/signals";
import type { Pointed } from "@stoa/cobrowse/replica";
import type { Act, ActedSignal } from "@stoa/protocol";
import { command } from "../app/live.ts";
import type { Watch } from "./watch.ts";

const SCROLL_MS = 120;
const KEPT = 20;

/** Something the agent did (or tried) in the customer's page. */
export interface Deed {
  readonly id: string;
  readonly kind: Act["action"]["kind"];
  readonly label: string;
  readonly state: "sent" | "done" | "refused";
  readonly reason: string;
}

/** The agent's hand in the customer's page, once the customer gave it. */
export class Hands {
  readonly deeds: Signal<readonly Deed[]> = signal([]);
  private readonly watch: Watch;
  private readonly stop: () => void;
  /** Outcomes that came before the server's answer to the act itself. */
  private readonly early = new Map<string, ActedSignal>();
  private scrollTo: { x: number; y: number } | null = null;
  private scrollTimer = 0;

  constructor(watch: Watch) {
    this.watch = watch;
    this.stop = watch.onActed((acted) => {
      const { action_id: id, outcome: state, reason = "", target = "" } = acted;
      const known = this.deeds.peek();
      if (!known.some((deed) => deed.id === id)) this.early.set(id, acted);
      this.deeds.value = known.map((deed) =>
        deed.id === id ? { ...deed, state, reason, label: deed.label || target } : deed,
      );
    });
  }

  async click(at: Pointed): Promise<void> {
    if (at.node !== null) await this.act({ kind: "click", node: at.node }, at.label);
  }

  async fill(at: Pointed, text: string): Promise<void> {
    if (at.node !== null) await this.act({ kind: "fill", node: at.node, text }, at.label);
  }

  /** Scrolls the customer's page by so much; many turns of the wheel are one action. */
  scrollBy(dx: number, dy: number): void {
    const view = this.watch.view.peek();
    const size = this.watch.size.peek();
    const from = this.scrollTo ?? view;
    this.scrollTo = {
      x: within(from.x + dx, view.width - (size?.width ?? 0)),
      y: within(from.y + dy, view.height - (size?.height ?? 0)),
    };
    if (this.scrollTimer) return;
    this.scrollTimer = window.setTimeout(() => {
      this.scrollTimer = 0;
      const to = this.scrollTo;
      this.scrollTo = null;
      if (to) void this.act({ kind: "scroll", node: null, ...to }, "");
    }, SCROLL_MS);
  }

  /** Raises: Problem, as the server refused it. */
  private async act(action: Act["action"], label: string): Promise<void> {
    const session = this.watch.session.peek();
    if (!session) return;
    const { stream } = this.watch;
    const { action_id } = await command("cobrowse.act", { session_id: session.id, stream, action });
    if (action.kind === "scroll") return;
    const outcome = this.early.get(action_id);
    this.early.clear();
    const { outcome: state = "sent", reason = "" } = outcome ?? {};
    const deed: Deed = { id: action_id, kind: action.kind, label, state, reason };
    this.deeds.value = [...this.deeds.peek(), deed].slice(-KEPT);
  }

  close(): void {
    clearTimeout(this.scrollTimer);
    this.stop();
  }
}

const within = (value: number, most: number): number => Math.max(0, Math.min(value, most));
