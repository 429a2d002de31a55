import { signal } from "@preact/signals";
import { playKey } from "@stoa/rtc";
import { call, takeCall } from "../calls.ts";
import { command } from "../line.ts";
import { sentence } from "../problem.ts";
import { newClientId } from "../timeline.ts";
import { keepPlace, keptPlace } from "./place.ts";
import { keepSound, soundPrefs } from "./prefs.ts";
import {
  askMicrophone,
  begin,
  isMuted,
  letGo,
  ownLeg,
  refusal,
  sound,
  startCall,
  wantsCallback,
} from "./session.ts";

/* What the customer does with a call that is there. */

/** What waits for the server's answer. */
export const busy = signal("");
/** The number this page asked to be called back at. */
export const callbackPhone = signal("");

async function attempt(name: string, run: (callId: string) => Promise<unknown>): Promise<boolean> {
  const now = call.peek();
  if (!now) return false;
  busy.value = name;
  try {
    await run(now.id);
    refusal.value = "";
    return true;
  } catch (problem) {
    refusal.value = sentence(problem);
    return false;
  } finally {
    if (busy.peek() === name) busy.value = "";
  }
}

export async function decline(): Promise<void> {
  await attempt("decline", (call_id) => command("call.decline", { call_id }));
}

export async function hangUp(): Promise<void> {
  sound()?.close();
  if (call.peek()?.state !== "ended") {
    await attempt("end", (call_id) => command("call.hang_up", { call_id }));
  }
  letGo();
}

/** Silence at once; the others are told. */
export async function mute(isSilent: boolean): Promise<void> {
  isMuted.value = isSilent;
  sound()?.setMuted(isSilent);
  const place = keptPlace();
  if (place) keepPlace({ ...place, is_muted: isSilent });
  await attempt("mute", (call_id) => command("call.mute", { call_id, is_muted: isSilent }));
}

export async function hold(): Promise<void> {
  const isHeld = !ownLeg.peek()?.is_held;
  await attempt("hold", (call_id) => command("call.hold", { call_id, is_held: isHeld }));
}

export async function press(digit: string): Promise<void> {
  playKey(digit);
  await attempt("key", (call_id) => command("call.digit", { call_id, digit }));
}

/** Resolves to whether the place in the queue is kept. */
export async function askCallback(phone: string): Promise<boolean> {
  const isKept = await attempt("callback", async (call_id) => {
    takeCall(await command("call.ask_callback", { call_id, phone: phone || null }));
  });
  if (!isKept) return false;
  callbackPhone.value = phone;
  wantsCallback.value = false;
  letGo();
  return true;
}

/** After a call that broke off: a new one that only waits to be called back. */
export async function requestCallback(phone: string): Promise<boolean> {
  busy.value = "callback";
  try {
    takeCall(await startCall(newClientId()));
    return await askCallback(phone);
  } catch (problem) {
    refusal.value = sentence(problem);
    busy.value = "";
    return false;
  }
}

export async function leaveVoicemail(): Promise<void> {
  await attempt("voicemail", (call_id) => command("call.leave_voicemail", { call_id }));
}

export async function finishVoicemail(): Promise<void> {
  await attempt("voicemail", (call_id) => command("call.finish_voicemail", { call_id }));
}

export async function answerRecording(isAgreed: boolean): Promise<void> {
  await attempt("recording", async (call_id) => {
    takeCall(await command("call.answer_recording", { call_id, is_agreed: isAgreed }));
  });
}

// ---- devices ------------------------------------------------------------------------------------

/** Asks for the microphone once more, for the call that is on or for one that could not begin. */
export async function retryMicrophone(): Promise<void> {
  const now = sound();
  if (!now) return begin();
  await askMicrophone(now, () => now.setMicrophone(soundPrefs().microphoneId));
}

export async function chooseMicrophone(microphoneId: string): Promise<void> {
  const now = sound();
  if (now && (await askMicrophone(now, () => now.setMicrophone(microphoneId)))) {
    keepSound({ microphoneId });
  }
}

export async function chooseSpeaker(speakerId: string): Promise<void> {
  if (await sound()?.setSpeaker(speakerId)) keepSound({ speakerId });
}

export async function suppressNoise(isOn: boolean): Promise<void> {
  await sound()?.setNoiseSuppression(isOn);
  keepSound({ noiseSuppression: isOn });
}
