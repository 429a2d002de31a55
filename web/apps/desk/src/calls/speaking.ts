import { computed, effect, signal, untracked } from "@preact/signals";
import {
  type AudioState,
  type CallAudio,
  CallOver,
  createCallAudio,
  isSuppressionWise,
  MicrophoneProblem,
  type MicrophoneReason,
  type Quality,
  type Verdict,
} from "@stoa/rtc";
import * as api from "../api/calls.ts";
import { perform } from "../app/act.ts";
import { Problem } from "../app/http.ts";
import { command, line, sendSignal } from "../app/live.ts";
import { keepPreferences, readPreferences } from "./preferences.ts";
import { seat, seatKey } from "./store.ts";
import { turn } from "./turn.ts";

/** nowhere: no call. here: this tab speaks. elsewhere: another tab of this desk does. */
export type Place = "nowhere" | "here" | "elsewhere";

export const place = signal<Place>("nowhere");
export const audioState = signal<AudioState>("idle");
/** Why nobody hears this person; null while the microphone works. */
export const microphoneProblem = signal<MicrophoneReason | null>(null);
/** The browser plays nothing until it is clicked. */
export const isBlocked = signal(false);
export const isMuted = signal(false);
export const isSuppressing = signal(false);
export const ownLevel = signal(0);
export const otherLevel = signal(0);
export const quality = signal<{ readonly values: Quality; readonly verdict: Verdict } | null>(null);

const SPOKE = "stoa.desk.spoke";
/** A reload of the tab that spoke comes back sooner than another tab takes its place. */
const GRACE_MS = 1_500;
const OVER: readonly number[] = [403, 404, 409, 410];

const voice = turn("stoa.desk.voice");
let audio: CallAudio | null = null;
let spokenFor: string | null = null;
/** This tab was asked to speak, rather than being the next in line. */
let isDeliberate = false;
/** A call is being made or answered: it will come into the list. */
let isBeginning = false;
let graceTimer = 0;

function quiet(): void {
  clearTimeout(graceTimer);
  audio?.close();
  audio = null;
  spokenFor = null;
  audioState.value = "idle";
  microphoneProblem.value = null;
  isBlocked.value = false;
  ownLevel.value = otherLevel.value = 0;
  quality.value = null;
}

async function exchange(callId: string, legId: string, sdp: string): Promise<string> {
  try {
    return await api.connect(callId, legId, sdp);
  } catch (error) {
    if (error instanceof Problem && OVER.includes(error.status)) {
      throw new CallOver(error.message, { cause: error });
    }
    throw error;
  }
}

/** The relays of this call, with credentials that are good for a while. */
export async function iceServers(): Promise<RTCIceServer[]> {
  const { ice_servers } = await command("call.ice", {});
  return ice_servers.map(({ urls, username, credential }) => ({
    urls,
    ...(username && { username }),
    ...(credential && { credential }),
  }));
}

function makeAudio(callId: string, legId: string): CallAudio {
  const made = createCallAudio({
    connect: (sdp) => exchange(callId, legId, sdp),
    iceServers,
    onState: (state) => {
      if (made === audio) audioState.value = state;
    },
    onLevel: ({ own, other }) => {
      ownLevel.value = own;
      otherLevel.value = other;
    },
    onQuality: (values, verdict) => {
      if (verdict) quality.value = { values, verdict };
      sendSignal("call.quality", { call_id: callId, ...values });
    },
    onMicrophone: ({ reason }) => {
      if (made === audio) microphoneProblem.value = reason;
    },
    onBlocked: (blocked) => {
      isBlocked.value = blocked;
    },
  });
  return made;
}

async function begin(callId: string, legId: string): Promise<void> {
  quiet();
  const own = makeAudio(callId, legId);
  audio = own;
  spokenFor = `${callId} ${legId}`;
  const { microphoneId, speakerId, suppressesNoise } = readPreferences();
  const options = {
    microphoneId,
    speakerId,
    noiseSuppression: suppressesNoise ?? isSuppressionWise(),
    isMuted: isMuted.peek(),
  };
  try {
    await own.start(options);
  } catch (problem) {
    if (!(problem instanceof MicrophoneProblem)) throw problem;
    if (own !== audio) return; // the call was over before the browser's question was answered
    microphoneProblem.value = problem.reason;
    // Whoever cannot speak can still hear, and the bar says what is missing.
    // The microphone may be had again later, and is as it was left meanwhile.
    if (problem.reason !== "unsupported") {
      await own.start({ ...options, isMuted: isMuted.peek(), microphone: false });
    }
  }
  if (own === audio) isSuppressing.value = own.isSuppressing || options.noiseSuppression;
}

async function takeVoice(): Promise<void> {
  isDeliberate = true;
  await voice.take();
}

/** Speaks in this tab, taking the call from another one. */
export const speakHere = takeVoice;

/** Connects anew, after the line was given up. */
export function speakAgain(): void {
  const now = seat.peek();
  if (now) void perform(() => begin(now.call.id, now.leg.id));
}

/** Takes this tab's turn to speak for an act that brings a call; gives it back when none came. */
async function withVoice(act: () => Promise<unknown>): Promise<boolean> {
  isBeginning = true;
  await takeVoice();
  isMuted.value = false;
  const isDone = await perform(act);
  isBeginning = false;
  if (!seat.peek() && !isDone) leave();
  return isDone;
}

/** Takes a ringing call: from now on this tab speaks. Returns whether it was still to be had. */
export function answer(callId: string, offerId: string): Promise<boolean> {
  return withVoice(async () => {
    const joined = await api.accept(callId, offerId);
    if (!spokenFor) void perform(() => begin(joined.call_id, joined.leg_id));
  });
}

/** Begins a call from this tab: `start` makes it and brings it into the list. */
export const call = withVoice;

/** Listens to, whispers into, joins or takes over a colleague's call, or leaves it. */
export function supervise(callId: string, mode: api.SuperviseMode): Promise<boolean> {
  if (seat.peek() || mode === "leave") return perform(() => api.supervise(callId, mode));
  return withVoice(async () => {
    const joined = await api.supervise(callId, mode);
    if (!spokenFor) void perform(() => begin(joined.call_id, joined.leg_id));
  });
}

/** Silences this person's microphone, or lets it be heard again. */
export function toggleMute(): void {
  const now = seat.peek();
  if (!now) return;
  isMuted.value = !isMuted.peek();
  audio?.setMuted(isMuted.peek());
  void perform(() => api.mute(now.call.id, isMuted.peek()));
}

export function unblock(): void {
  audio?.unblock();
}

/** Tries the microphone again, after it was allowed or plugged in. */
export async function retryMicrophone(deviceId?: string): Promise<void> {
  if (!audio) return;
  try {
    await audio.setMicrophone(deviceId);
    microphoneProblem.value = null;
    if (deviceId) keepPreferences({ microphoneId: deviceId });
  } catch (problem) {
    if (!(problem instanceof MicrophoneProblem)) throw problem;
    if (!audio.hasMicrophone) microphoneProblem.value = problem.reason;
  }
}

export const chosenMicrophone = (): string => audio?.microphoneId ?? "";
export const chosenSpeaker = (): string => audio?.speakerId ?? "";

export async function chooseSpeaker(deviceId: string): Promise<void> {
  if (await audio?.setSpeaker(deviceId)) keepPreferences({ speakerId: deviceId });
}

export async function suppressNoise(isOn: boolean): Promise<void> {
  keepPreferences({ suppressesNoise: isOn });
  isSuppressing.value = (await audio?.setNoiseSuppression(isOn)) ?? false;
}

function leave(): void {
  quiet();
  voice.drop();
  isDeliberate = false;
  place.value = "nowhere";
}

/** Speaks while it is this tab's turn, and is silent when it is not. */
function takePlace(key: string, isMine: boolean): void {
  const [callId = "", legId = ""] = key.split(" ");
  clearTimeout(graceTimer);
  place.value = isMine ? "here" : "elsewhere";
  if (isMine && spokenFor !== key) {
    const start = () => void perform(() => begin(callId, legId));
    if (isDeliberate) start();
    else graceTimer = window.setTimeout(start, GRACE_MS);
  }
  if (isMine) return;
  quiet();
  if (sessionStorage.getItem(SPOKE) === key) void takeVoice();
  else {
    isDeliberate = false;
    voice.wait();
  }
  sessionStorage.removeItem(SPOKE);
}

function followSeat(): void {
  const key = seatKey.value;
  const isMine = voice.isMine.value;
  untracked(() => {
    if (key) takePlace(key, isMine);
    else if (!isBeginning) leave();
  });
}

/** What another tab or the server says of the microphone holds here as well. */
function followMute(said: boolean): void {
  untracked(() => {
    isMuted.value = said;
    audio?.setMuted(said);
  });
}

function followLine(): void {
  if (line.value === "live" && untracked(() => audioState.value) === "away") audio?.reconnect();
}

function keepPlace(): void {
  const key = seatKey.peek();
  if (key && place.peek() === "here") sessionStorage.setItem(SPOKE, key);
}

/** Speaks for the call of the person signed in, in one tab at a time; returns how to stop. */
export function startSpeaking(): () => void {
  const isMutedSaid = computed(() => seat.value?.leg.is_muted ?? false);
  const stops = [
    effect(() => followMute(isMutedSaid.value)),
    effect(followSeat),
    effect(followLine),
  ];
  addEventListener("pagehide", keepPlace);
  return () => {
    removeEventListener("pagehide", keepPlace);
    for (const stop of stops) stop();
    leave();
  };
}
