import { computed, effect, type ReadonlySignal, signal, untracked } from "@preact/signals";
import {
  type PeerMessage,
  type Picture,
  type Remembered,
  Sight,
  type Source,
  type StillStep,
  takeStill,
} from "@stoa/rtc/peer";
import { createModel, type SightModel, vt } from "@stoa/rtc/video";
import { showToast } from "@stoa/ui";
import { uploadAttachment } from "../../api/conversations.ts";
import { perform } from "../../app/act.ts";
import { command, follow, onBack, sendSignal } from "../../app/live.ts";
import { write } from "../../conversations/thread-store.ts";
import { othersIn } from "../rules.ts";
import { audioState, iceServers, place, quality } from "../speaking.ts";
import { callOf, seat, seatKey } from "../store.ts";
import { legName } from "../words.ts";

const shown = signal<SightModel | null>(null);
/** Video and screens of the call this tab speaks for. */
export const model: ReadonlySignal<SightModel | null> = shown;

const KEPT = "stoa.desk.sight";
/** How long a customer may take to answer before the question is given up. */
const ASKING_MS = 90_000;

/** Whether this person is seen and heard in the call, from this tab. */
const isTalkingHere = computed(() => {
  return place.value === "here" && seat.value?.leg.mode === "talk";
});
const others = computed(() => {
  const now = seat.value;
  if (now?.call.state !== "active") return [];
  return othersIn(now)
    .filter(({ mode }) => mode === "talk")
    .map(({ id }) => id);
});
/* Somebody waits with music: whoever holds shows nothing, and nothing is shown to who is held. */
const isHeld = computed(() => {
  const now = seat.value;
  return now?.call.legs.some((leg) => leg.is_held && leg.state !== "left") ?? false;
});

function nameOf(callId: string, legId: string): string {
  const call = callOf(callId);
  const leg = call?.legs.find(({ id }) => id === legId);
  return call && leg ? legName(leg, call) : "";
}

function recalled(callId: string): Remembered | null {
  const kept = JSON.parse(sessionStorage.getItem(KEPT) ?? "null");
  return kept?.callId === callId ? (kept.what as Remembered) : null;
}

/** One still of what this page itself shows goes into the conversation. */
async function keepOwn(callId: string, picture: { stream: MediaStream }): Promise<void> {
  const conversationId = callOf(callId)?.conversation_id;
  if (!conversationId) return;
  const name = `${vt("snapshot.file")}.jpg`;
  const file = new File([await takeStill(picture.stream)], name, { type: "image/jpeg" });
  const { id } = await uploadAttachment(file);
  write(conversationId, {
    body: "",
    isNote: false,
    attachmentIds: [id],
    attachmentNames: [name],
  });
}

const OUTCOMES = {
  refused: { key: "snapshot.refused", tone: "neutral" },
  sent: { key: "snapshot.sent", tone: "good" },
  failed: { key: "snapshot.failed", tone: "bad" },
} as const;

interface Opened {
  readonly sight: Sight;
  readonly close: () => void;
}

function open(callId: string, legId: string): Opened {
  let askingTimer = 0;
  const asked = (isAsking: boolean) => {
    clearTimeout(askingTimer);
    if (shown.peek()) (shown.peek() as SightModel).isKeeping.value = isAsking;
    if (isAsking) askingTimer = window.setTimeout(() => asked(false), ASKING_MS);
  };
  const heardStill = (from: string, step: StillStep, source: Source) => {
    if (step === "asked") return;
    if (step === "wanted") {
      // A colleague keeps a picture of what is shown here to customer and colleague alike.
      const own = sight.stage.of(source);
      if (own) void perform(() => keepOwn(callId, own));
      return sight.tellStill(from, own ? "sent" : "failed", source);
    }
    asked(false);
    const { key, tone } = OUTCOMES[step];
    showToast({ text: vt(key), tone });
  };
  const keep = (picture: Picture) => {
    if (picture.legId === null) return void perform(() => keepOwn(callId, picture));
    asked(true);
    showToast({ text: vt("snapshot.asking"), tone: "neutral" });
    sight.tellStill(picture.legId, "wanted", picture.source);
  };
  const sight = new Sight({
    ownLeg: legId,
    send: (to: string | null, message: PeerMessage) =>
      sendSignal("call.peer", { call_id: callId, to_leg_id: to, data: { ...message } }),
    iceServers,
    changed: (source, isOn) => {
      if (isOn) void perform(() => command("call.show", { call_id: callId, source }));
    },
    heardStill,
    remember: (what) => sessionStorage.setItem(KEPT, JSON.stringify({ callId, what })),
    recall: () => recalled(callId),
    isVoicePoor: () => quality.peek()?.verdict === "poor",
  });
  const unfollow = follow(`call:${callId}`, null, {
    signals: {
      "call.peer": ({ from_leg_id, to_leg_id, data }) => {
        if (to_leg_id === null || to_leg_id === legId) sight.hear(from_leg_id, data);
      },
    },
  });
  shown.value = createModel(sight, {
    nameOf: (leg) => nameOf(callId, leg),
    keep,
    firstScreen: "anything",
    isMirrored: false,
  });
  void sight.stage.restore();
  const close = () => {
    clearTimeout(askingTimer);
    unfollow();
    sight.close();
    shown.value = null;
  };
  return { sight, close };
}

/** Follows the call this tab speaks for; returns how to stop. */
export function startSight(): () => void {
  let opened: Opened | null = null;
  let openKey: string | null = null;
  const settle = (key: string | null) => {
    if (key === openKey) return;
    opened?.close();
    const [callId, legId] = key?.split(" ") ?? [];
    opened = callId && legId ? open(callId, legId) : null;
    openKey = key;
  };
  const stops = [
    effect(() => {
      const key = isTalkingHere.value ? seatKey.value : null;
      // Nobody passes signals on for a page that has not connected its sound yet.
      const isReady = audioState.value === "connected";
      untracked(() => {
        if (isReady || key !== openKey) settle(isReady ? key : null);
      });
    }),
    effect(() => {
      const legs = others.value;
      if (model.value) untracked(() => opened?.sight.setLegs(legs));
    }),
    effect(() => {
      const held = isHeld.value;
      if (model.value) untracked(() => opened?.sight.stage.setPaused(held));
    }),
    onBack(() => opened?.sight.signalsAreBack()),
  ];
  return () => {
    for (const stop of stops) stop();
    settle(null);
  };
}
