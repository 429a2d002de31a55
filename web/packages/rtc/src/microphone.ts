/**
 * refused: by the person or the browser's settings. policy: the page around does not allow it.
 * missing: there is none. in_use: another program has it. insecure: the page is not served by
 * HTTPS. unsupported: this browser knows no calls. unknown: anything else.
 */
export type MicrophoneReason =
  | "refused"
  | "policy"
  | "missing"
  | "in_use"
  | "insecure"
  | "unsupported"
  | "unknown";

/** There is no microphone to speak into. */
export class MicrophoneProblem extends Error {
  readonly reason: MicrophoneReason;

  constructor(reason: MicrophoneReason, cause?: unknown) {
    super(`microphone: ${reason}`, { cause });
    this.reason = reason;
  }
}

const REASONS: Record<string, MicrophoneReason> = {
  NotAllowedError: "refused",
  SecurityError: "policy",
  NotFoundError: "missing",
  OverconstrainedError: "missing",
  NotReadableError: "in_use",
  AbortError: "in_use",
};

/** Why `getUserMedia` failed. */
export function reasonOf(problem: unknown): MicrophoneReason {
  const { name = "", message = "" } = (problem ?? {}) as Partial<DOMException>;
  // Chromium says so where the frame lacks `allow="microphone"`.
  if (name === "NotAllowedError" && /permissions? policy|feature policy/i.test(message)) {
    return "policy";
  }
  return REASONS[name] ?? "unknown";
}

function constraints(deviceId: string | undefined, isSuppressed: boolean): MediaTrackConstraints {
  return {
    echoCancellation: true,
    autoGainControl: true,
    // Twice suppressed, speech sounds under water.
    noiseSuppression: !isSuppressed,
    channelCount: 1,
    ...(deviceId && { deviceId: { exact: deviceId } }),
  };
}

/**
 * The microphone listens. A device that is gone gives way to the browser's choice.
 *
 * @throws MicrophoneProblem
 */
export async function openMicrophone(
  deviceId: string | undefined,
  isSuppressed: boolean,
): Promise<MediaStream> {
  if (!globalThis.isSecureContext) throw new MicrophoneProblem("insecure");
  if (!navigator.mediaDevices?.getUserMedia) throw new MicrophoneProblem("unsupported");
  try {
    const audio = constraints(deviceId, isSuppressed);
    return await navigator.mediaDevices.getUserMedia({ audio });
  } catch (problem) {
    const reason = reasonOf(problem);
    if (reason === "missing" && deviceId) return openMicrophone(undefined, isSuppressed);
    throw new MicrophoneProblem(reason, problem);
  }
}
