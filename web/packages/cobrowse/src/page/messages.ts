/* What the customer's page and the counter's frame tell each other, over one port. The frame holds
   the line to the server; the page holds what is seen. */

import type { ActSignal, MaskingRules, PointSignal } from "@stoa/protocol";

/** The words on the bar, in the customer's language, with the agent's name in them. */
export interface Words {
  readonly name: string;
  readonly sees: string;
  readonly paused: string;
  readonly refused: string;
  readonly mayAct: string;
  readonly stop: string;
  readonly release: string;
  readonly hint: string;
  readonly clicks: string;
  readonly fills: string;
  readonly scrolls: string;
}

export type ToPage =
  | {
      readonly type: "session";
      /** Null: they are as they were, and what is recorded goes on. */
      readonly rules: MaskingRules | null;
      readonly words: Words;
      readonly isInControl: boolean;
      /** Somebody watches at this moment, as far as the server knows. */
      readonly isWatched: boolean;
    }
  /** The agent has the replica on screen. */
  | { readonly type: "watch"; readonly keyframe: boolean }
  /** The batch has left; room for one more. */
  | { readonly type: "sent" }
  | { readonly type: "line"; readonly isLive: boolean }
  /** Another tab of the customer's is the one that is shown. */
  | { readonly type: "yield" }
  | { readonly type: "slow"; readonly seconds: number }
  | { readonly type: "refused" }
  /** The customer took control back a moment ago. */
  | { readonly type: "released" }
  | { readonly type: "point"; readonly point: PointSignal }
  | { readonly type: "act"; readonly act: ActSignal }
  | { readonly type: "end" };

export interface PageState {
  readonly stream: string;
  readonly url: string;
  readonly title: string;
  readonly state: "shown" | "paused" | "hidden" | "gone";
  readonly reason: string;
  readonly width: number;
  readonly height: number;
}

export type ToFrame =
  | {
      readonly type: "batch";
      readonly stream: string;
      readonly batch: number;
      readonly keyframe: boolean;
      /** rrweb's events, as they are: a page may have broken JSON for its scripts. */
      readonly events: readonly unknown[];
    }
  | { readonly type: "page"; readonly page: PageState }
  /** This tab is the one that is shown from now on. */
  | { readonly type: "claim" }
  | {
      readonly type: "acted";
      readonly action_id: string;
      readonly outcome: "done" | "refused";
      readonly reason: string;
      readonly target: string;
    }
  | { readonly type: "stop" }
  | { readonly type: "release" };
