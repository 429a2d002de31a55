import { computed, signal } from "@preact/signals";
import { Refusal } from "@stoa/client";
import type { CustomerCall } from "@stoa/protocol";
import {
  type AudioState,
  type CallAudio,
  CallOver,
  createCallAudio,
  createRinger,
  isSuppressionWise,
  MicrophoneProblem,
  type MicrophoneReason,
  type Verdict,
} from "@stoa/rtc";
import { boot } from "../boot.ts";
import { call, takeCall, watchCalls } from "../calls.ts";
import { resume } from "../chat.ts";
import { page } from "../host.ts";
import { command, onReconnect, tellSignal } from "../line.ts";
import { sentence } from "../problem.ts";
import { tag } from "../texts.ts";
import { newClientId } from "../timeline.ts";
import { iceServers } from "./ice.ts";
import { keepPlace, keptPlace, type Place } from "./place.ts";
import { soundPrefs } from "./prefs.ts";
import { joinTabs } from "./tabs.ts";

/** Where the customer stands, as far as this page is concerned. */
export type Phase =
  | "idle"
  | "asking"
  | "incoming"
  | "waiting"
  | "talking"
  | "voicemail"
  | "callback"
  | "elsewhere"
  | "ended";

export const audioState = signal<AudioState>("idle");
export const levels = signal({ own: 0, other: 0 });
export const verdict = signal<Verdict | null>(null);
/** The customer asked to be called back without waiting first. */
export const wantsCallback = signal(false);
/** Why nobody can hear the customer. */
export const trouble = signal<MicrophoneReason | null>(null);
/** The server's sentence about what it did not do. */
export const refusal = signal("");
/** The browser plays nothing before a click. */
export const isBlocked = signal(false);
export const isMuted = signal(false);
export const isSuppressing = signal(false);
export const hasMicrophone = signal(false);
/** Another tab was found that speaks. */
export const isElsewhere = signal(false);
/** The browser asks its person for the microphone. */
export const isAsking = signal(false);
/** A call was asked for and has not begun yet. */
const isBeginning = signal(false);
/** The shop's call that is being answered here: that it is answered is heard before the answer's
 * own success. */
const accepting = signal("");

/** The call this page speaks for. */
export const mine = signal("");
const seen = signal("");
const ringer = createRinger();
let isListening = false;
let audio: CallAudio | undefined;

export const phase = computed<Phase>(() => {
  const now = call.value;
  if (isBeginning.value) return "asking";
  if (!now || (now.state === "ended" && seen.value === now.id)) return "idle";
  if (now.state === "ended" || now.state === "callback") return now.state;
  if (mine.value !== now.id) {
    const isIncoming = now.state === "calling" || accepting.value === now.id;
    return isIncoming ? "incoming" : "elsewhere";
  }
  if (now.state === "voicemail") return "voicemail";
  return now.state === "active" || now.state === "calling" ? "talking" : "waiting";
});

/** Who talks to the customer: "Anna", "Anna and Ben". */
export const partner = computed(() => {
  const names = (call.value?.legs ?? [])
    .filter((leg) => leg.role === "agent" && leg.state !== "left")
    .map((leg) => leg.name);
  return new Intl.ListFormat(tag.value, { type: "conjunction" }).format(names) || boot.shop_name;
});

export const ownLeg = computed(() => {
  const now = call.value;
  return now?.legs.find((leg) => leg.role === "customer" && leg.state !== "left") ?? null;
});

const tabs = joinTabs(
  (callId) => mine.peek() === callId,
  (callId) => {
    if (callId !== call.peek()?.id && callId !== mine.peek()) return;
    isElsewhere.value = true;
    if (callId === mine.peek()) letGo();
  },
  (callId) => {
    if (callId === call.peek()?.id && callId !== mine.peek()) isElsewhere.value = true;
  },
);

/** This page is silent, and speaks for no call. */
export function letGo(): void {
  audio?.close();
  audio = undefined;
  mine.value = "";
  keepPlace(null);
  isAsking.value = isBeginning.value = false;
}

/** The sound of this page's call, if it has one. */
export function sound(): CallAudio | undefined {
  return audio;
}

/** The end has been read. */
export function dismiss(): void {
  seen.value = call.peek()?.id ?? "";
  refusal.value = "";
}

function once<Result>(run: () => Promise<Result>): () => Promise<Result> {
  let result: Promise<Result> | undefined;
  return () => {
    result ??= run();
    return result;
  };
}

type Join = () => Promise<Place>;

async function connectAt(join: Join, sdp: string): Promise<string> {
  const place = await join();
  const answer = await command("call.connect", { ...place, sdp });
  tabs.claim(place.call_id);
  return answer.sdp;
}

/** One line for the leg that `join` gives, or that `another` gives when the server does not know the
 * first any more; its sound begins with `start()`. */
function open(join: Join, another?: Join): CallAudio {
  let current = join;
  audio?.close();
  refusal.value = "";
  trouble.value = null;
  isElsewhere.value = false;
  const opened = createCallAudio({
    iceServers,
    connect: async (sdp) => {
      const first = connectAt(current, sdp);
      return first.catch((problem) => {
        if (!another || !(problem instanceof Refusal)) return fail(problem);
        current = another;
        another = undefined;
        return connectAt(current, sdp).catch(fail);
      });
    },
    onState: (state) => {
      if (audio !== opened) return;
      audioState.value = state;
      if (state === "failed") letGo();
    },
    onLevel: (now) => {
      levels.value = now;
    },
    onQuality: (quality, now) => {
      verdict.value = now;
      tellSignal("call.quality", { ...quality, call_id: mine.peek() });
    },
    onMicrophone: (problem) => {
      hasMicrophone.value = false;
      trouble.value = problem.reason;
    },
    onSuppressing: (now) => {
      isSuppressing.value = now;
    },
    onBlocked: (now) => {
      isBlocked.value = now;
    },
  });
  audio = opened;
  return opened;
}

/* The server's no is final: the call is over, or not for this page. */
function fail(problem: unknown): never {
  if (!(problem instanceof Refusal)) throw problem;
  if (call.peek()?.state !== "ended") refusal.value = sentence(problem);
  throw new CallOver(problem.message);
}

/** The microphone is on, or `trouble` says why it is not. */
export async function askMicrophone(opened: CallAudio, run: () => Promise<void>): Promise<boolean> {
  isAsking.value = true;
  trouble.value = null;
  try {
    await run();
  } catch (problem) {
    if (!(problem instanceof MicrophoneProblem)) throw problem;
    trouble.value = problem.reason;
  } finally {
    if (audio === opened) isAsking.value = false;
  }
  hasMicrophone.value = opened.hasMicrophone;
  const place = keptPlace();
  if (opened.hasMicrophone && place?.is_listening) keepPlace({ ...place, is_listening: false });
  return opened.hasMicrophone;
}

function startOptions() {
  const { microphoneId, speakerId, noiseSuppression } = soundPrefs();
  return {
    ...(microphoneId && { microphoneId }),
    ...(speakerId && { speakerId }),
    ...(noiseSuppression !== undefined && { noiseSuppression }),
  };
}

/** Rings at the shop; again with the same `clientId` gives the same call. */
export function startCall(clientId: string): Promise<CustomerCall> {
  const place = { shop_id: boot.shop_id, locale: tag.peek(), page_url: page.peek().url };
  return command("call.start", { ...place, client_id: clientId });
}

/** Rings at the shop, once the customer can be heard; without a microphone only when they say so.
 * With nobody there it can lead straight to a voice message. */
export async function begin(withMicrophone = true, instead?: "voicemail"): Promise<void> {
  const clientId = newClientId();
  if (phase.peek() === "ended") dismiss();
  const join = once(async () => {
    let started = await startCall(clientId);
    if (instead && started.is_voicemail_offered) {
      await command("call.leave_voicemail", { call_id: started.id });
      started = { ...started, state: "voicemail" };
    }
    if (audio !== opened) {
      // Called off meanwhile: nobody should answer to silence.
      void command("call.hang_up", { call_id: started.id });
      throw new CallOver();
    }
    return entered(started.id, started.leg_id, () => takeCall(started));
  });
  const opened = open(join);
  isBeginning.value = true;
  isMuted.value = false;
  isListening = !withMicrophone;
  const options = { ...startOptions(), microphone: withMicrophone };
  const isHeard = await askMicrophone(opened, () => opened.start(options));
  if (!isHeard && withMicrophone && audio === opened) letGo();
}

function entered(callId: string, legId: string | null, take: () => void): Place {
  if (!legId) throw new CallOver();
  mine.value = callId;
  take();
  isBeginning.value = false;
  const is_muted = isMuted.peek();
  keepPlace({ call_id: callId, leg_id: legId, is_muted, is_listening: isListening });
  void watchCalls();
  // Its card tells what becomes of it, and writing beside it should wait for nothing.
  resume().catch(() => undefined);
  return { call_id: callId, leg_id: legId };
}

/** The shop's call is answered at once; the microphone follows as soon as it may. */
export async function accept(): Promise<void> {
  const now = call.peek();
  if (!now || accepting.peek() === now.id) return;
  isListening = false;
  accepting.value = now.id;
  const join = once(async () => {
    try {
      const joined = await command("call.accept", { call_id: now.id });
      return entered(joined.call_id, joined.leg_id, () => undefined);
    } finally {
      accepting.value = "";
    }
  });
  await speakFor(join);
}

/** This page speaks for the call that is running, taken from another tab. */
export async function takeHere(): Promise<void> {
  isListening = false;
  await speakFor(once(fromServer));
}

/** After a page turn: the same, without asking the server first where it can be known. */
export async function goOn(): Promise<void> {
  const kept = keptPlace();
  if (!kept) return takeHere();
  isMuted.value = kept.is_muted;
  isListening = kept.is_listening;
  const join = once(async () => entered(kept.call_id, kept.leg_id, () => undefined));
  await speakFor(join, once(fromServer));
}

async function fromServer(): Promise<Place> {
  await watchCalls();
  const now = call.peek();
  if (!now || now.state === "ended") throw new CallOver();
  isMuted.value = ownLeg.peek()?.is_muted ?? false;
  audio?.setMuted(isMuted.peek());
  return entered(now.id, now.leg_id, () => undefined);
}

/* Hears first, and is heard as soon as the browser allows it. */
async function speakFor(join: Join, another?: Join) {
  const opened = open(join, another);
  const options = startOptions();
  // Muted until it is known whether the customer was.
  await opened.start({ ...options, microphone: false, isMuted: true });
  const isHeard =
    !isListening && askMicrophone(opened, () => opened.setMicrophone(options.microphoneId));
  await join().catch(() => undefined);
  opened.setMuted(isMuted.peek());
  const isQuiet = options.noiseSuppression ?? isSuppressionWise();
  if ((await isHeard) && audio === opened && isQuiet) await opened.setNoiseSuppression(true);
}

/** What follows from each change of the call. Runs once, when the part is loaded. */
export function watchSound(): void {
  call.subscribe((now) => {
    if (now?.state === "ended" && mine.peek() === now.id) letGo();
  });
  phase.subscribe((now) => {
    if (now === "incoming") ringer.start();
    else ringer.stop();
    const id = call.peek()?.id;
    if (now === "elsewhere" && id) {
      tabs.ask(id).then((isSpoken) => {
        isElsewhere.value = isSpoken;
      });
    }
  });
  onReconnect(() => {
    // The sound has a line of its own, which may well have held.
    if (audioState.peek() !== "connected") audio?.reconnect();
  });
}
