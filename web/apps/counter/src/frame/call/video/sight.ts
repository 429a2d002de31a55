import { computed, effect, type ReadonlySignal, signal, untracked } from "@preact/signals";
import { type Remembered, Sight } from "@stoa/rtc/peer";
import { createModel, type SightModel } from "@stoa/rtc/video";
import { call } from "../../calls.ts";
import { command, follow, onReconnect, onSignal, tellSignal } from "../../line.ts";
import { iceServers } from "../ice.ts";
import { audioState, ownLeg, phase, verdict } from "../session.ts";
import { forgetStill, stillWanted } from "./still.ts";

interface Opened {
  readonly callId: string;
  readonly legId: string;
  readonly model: SightModel;
  readonly close: () => void;
}

const opened = signal<Opened | null>(null);
/** Video and screens of this page's call. */
export const model: ReadonlySignal<SightModel | null> = computed(() => opened.value?.model ?? null);
export const callId = computed(() => opened.value?.callId ?? "");

const KEPT = "stoa.counter.sight";

const key = computed(() => {
  const [now, leg] = [call.value, ownLeg.value];
  return phase.value === "talking" && now?.state === "active" && leg ? `${now.id} ${leg.id}` : null;
});
const others = computed(() => {
  return (call.value?.legs ?? [])
    .filter(({ role, state }) => role !== "customer" && state !== "left")
    .map(({ id }) => id);
});
const isHeld = computed(() => {
  return call.value?.legs.some((leg) => leg.is_held && leg.state !== "left") ?? false;
});

/* For this tab: another page of the shop goes on with the camera, another tab does not. */
function remember(id: string, what: Remembered) {
  try {
    sessionStorage.setItem(KEPT, JSON.stringify({ id, what }));
  } catch {
    // Where storage is forbidden the customer begins again by a click.
  }
}

function recall(id: string): Remembered | null {
  try {
    const kept = JSON.parse(sessionStorage.getItem(KEPT) ?? "null");
    return kept?.id === id ? (kept.what as Remembered) : null;
  } catch {
    return null;
  }
}

function nameOf(legId: string): string {
  return call.peek()?.legs.find(({ id }) => id === legId)?.name ?? "";
}

function open(id: string, legId: string): Opened {
  const sight: Sight = new Sight({
    ownLeg: legId,
    send: (to, message) =>
      tellSignal("call.peer", { call_id: id, to_leg_id: to, data: { ...message } }),
    iceServers,
    changed: (source, isOn) => {
      if (!isOn) return forgetStill();
      // The card in the chat tells of it; without that line the picture is there all the same.
      command("call.show", { call_id: id, source }).catch(() => undefined);
    },
    heardStill: (from, step, source) => {
      if (step === "wanted") stillWanted(id, sight, from, source);
    },
    remember: (what) => remember(id, what),
    recall: () => recall(id),
    isVoicePoor: () => verdict.peek() === "poor",
  });
  const topic = follow(`call:${id}`, {
    after: null,
    event: () => undefined,
    resync: async () => null,
  });
  void sight.stage.restore();
  return {
    callId: id,
    legId,
    model: createModel(sight, { nameOf, firstScreen: "this-tab", isMirrored: true }),
    close: () => {
      topic?.close();
      forgetStill();
      sight.close();
    },
  };
}

function settle(wanted: string | null) {
  const now = opened.peek();
  if ((now ? `${now.callId} ${now.legId}` : null) === wanted) return;
  now?.close();
  const [id, legId] = wanted?.split(" ") ?? [];
  opened.value = id && legId ? open(id, legId) : null;
}

/** Follows the call of this page. Runs once, when the part is loaded. */
export function watchSight(): void {
  onSignal("call.peer", ({ call_id, from_leg_id, to_leg_id, data }) => {
    const now = opened.peek();
    if (now?.callId !== call_id || (to_leg_id && to_leg_id !== now.legId)) return;
    now.model.sight.hear(from_leg_id, data);
  });
  onReconnect(() => opened.peek()?.model.sight.signalsAreBack());
  effect(() => {
    const wanted = key.value;
    // Whoever has no sound yet is not in the call; a break later changes nothing.
    const isReady = audioState.value === "connected";
    untracked(() => {
      if (wanted === null || isReady) settle(wanted);
    });
  });
  effect(() => {
    const legs = others.value;
    model.value?.sight.setLegs(legs);
  });
  effect(() => {
    const held = isHeld.value;
    model.value?.sight.stage.setPaused(held);
  });
}
