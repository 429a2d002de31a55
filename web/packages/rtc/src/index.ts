export {
  type CallAudio,
  type CallAudioOptions,
  createCallAudio,
  type StartOptions,
} from "./audio.ts";
export {
  canChooseSpeaker,
  type Devices,
  listDevices,
  microphonePermission,
  onDevices,
} from "./devices.ts";
export { levelOf } from "./level.ts";
export { type AudioState, CallOver } from "./line.ts";
export { MicrophoneProblem, type MicrophoneReason } from "./microphone.ts";
export { isSuppressionWise } from "./noise.ts";
export { type Quality, type Verdict, verdictOf } from "./quality.ts";
export { createRinger, playKey, type Ringer } from "./tones.ts";
