// What a view of the pictures remembers: which one is large, and how it is drawn.
import { computed, type ReadonlySignal, type Signal, signal } from "@preact/signals";
import type { Picture, Sight } from "../sight.ts";
import { vt } from "./texts.ts";

export interface SightModel {
  readonly sight: Sight;
  /** The picture drawn large, and the others, the ones looked at before one's own. */
  readonly main: ReadonlySignal<Picture | null>;
  readonly beside: ReadonlySignal<readonly Picture[]>;
  readonly isLarge: Signal<boolean>;
  /** Whether a camera fills its frame, cut off at the edges; a screen never does. */
  readonly isFilled: Signal<boolean>;
  readonly nameOf: (legId: string) => string;
  /** Keeps a still of it in the conversation, or asks whether that may be done. */
  readonly keep: ((picture: Picture) => void) | null;
  readonly isKeeping: Signal<boolean>;
  /** What the choice of a screen begins with: the page somebody is on, or anything else. */
  readonly firstScreen: "this-tab" | "anything";
  /** Whether one's own camera is shown as in a mirror: not to whoever shows goods and labels. */
  readonly isMirrored: boolean;
  swap(picture: Picture): void;
}

export interface ModelOptions {
  readonly nameOf: (legId: string) => string;
  readonly keep?: (picture: Picture) => void;
  readonly firstScreen: SightModel["firstScreen"];
  readonly isMirrored: boolean;
}

export function keyOf({ legId, source }: Picture): string {
  return `${legId ?? "own"}-${source}`;
}

/** The order in which pictures are worth being large: what another shows, a screen first. */
export function byWorth(one: Picture, other: Picture): number {
  const worth = ({ legId, source }: Picture) =>
    (legId === null ? 2 : 0) + (source === "camera" ? 1 : 0);
  return worth(one) - worth(other);
}

/** One's own screen is named, not drawn: in itself it would be a hall of mirrors. */
function isDrawn({ legId, source }: Picture): boolean {
  return legId !== null || source === "camera";
}

/** The words under a picture. */
export function captionOf(picture: Picture, nameOf: (legId: string) => string): string {
  const { legId, source, shown } = picture;
  if (legId !== null) {
    const name = nameOf(legId);
    return source === "screen" ? vt("picture.screen", { name }) : vt("picture.camera", { name });
  }
  if (source === "camera") return vt("picture.ownCamera");
  if (shown.surface === "browser") return vt("picture.ownTab");
  return shown.surface === "window" ? vt("picture.ownWindow") : vt("picture.ownScreen");
}

export function createModel(sight: Sight, options: ModelOptions): SightModel {
  const wanted = signal<string | null>(null);
  const all = computed(() => {
    return [...sight.others.value, ...sight.own.value].filter(isDrawn).sort(byWorth);
  });
  const main = computed(() => {
    return all.value.find((picture) => keyOf(picture) === wanted.value) ?? all.value[0] ?? null;
  });
  return {
    sight,
    main,
    beside: computed(() => all.value.filter((picture) => picture !== main.value)),
    isLarge: signal(false),
    isFilled: signal(false),
    nameOf: options.nameOf,
    keep: options.keep ?? null,
    isKeeping: signal(false),
    firstScreen: options.firstScreen,
    isMirrored: options.isMirrored,
    swap: (picture) => {
      wanted.value = keyOf(picture);
    },
  };
}
