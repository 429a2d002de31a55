// Cameras and screens: how they are asked for, and why they may be refused.

export type Facing = "user" | "environment";

export type SourceTrouble =
  | "refused" // the person, or an earlier answer of theirs, said no
  | "forbidden" // the page or the system does not allow it
  | "missing" // there is none
  | "busy" // another program has it
  | "unsupported" // this browser cannot
  | "unknown";

/** A camera or screen could not be had; `cancelled` is a person who thought better of it. */
export class SourceProblem extends Error {
  readonly trouble: SourceTrouble | "cancelled";

  constructor(trouble: SourceTrouble | "cancelled", cause: unknown) {
    super(trouble, { cause });
    this.trouble = trouble;
  }
}

export interface CameraChoice {
  readonly id: string;
  readonly label: string;
}

const CAMERA_SIZE = { width: { ideal: 1280 }, height: { ideal: 720 }, frameRate: { max: 30 } };
const SCREEN_SIZE = { width: { max: 2560 }, height: { max: 1600 }, frameRate: { max: 15 } };

/** Whether this browser can share a tab, window or screen; those of phones cannot. */
export function canShareScreen(): boolean {
  return typeof navigator.mediaDevices?.getDisplayMedia === "function";
}

export function canUseCamera(): boolean {
  return typeof navigator.mediaDevices?.getUserMedia === "function";
}

/** The named camera, or one that looks where it is wished to.
 * Throws a SourceProblem. */
export async function openCamera(wish: {
  id?: string;
  facing?: Facing;
}): Promise<MediaStreamTrack> {
  if (!canUseCamera()) throw new SourceProblem("unsupported", null);
  const which = wish.id
    ? { deviceId: { exact: wish.id } }
    : wish.facing
      ? { facingMode: { ideal: wish.facing } }
      : {};
  try {
    const stream = await navigator.mediaDevices.getUserMedia({
      video: { ...CAMERA_SIZE, ...which },
    });
    return stream.getVideoTracks()[0] as MediaStreamTrack;
  } catch (error) {
    throw await cameraProblem(error);
  }
}

/** Chooses what is offered first: this very tab, or anything but it. */
export async function openScreen(first: "this-tab" | "anything"): Promise<MediaStreamTrack> {
  if (!canShareScreen()) throw new SourceProblem("unsupported", null);
  const isThisTab = first === "this-tab";
  const options = {
    video: SCREEN_SIZE,
    audio: false,
    preferCurrentTab: isThisTab,
    selfBrowserSurface: isThisTab ? "include" : "exclude",
    surfaceSwitching: "include",
    monitorTypeSurfaces: "include",
  };
  try {
    const stream = await navigator.mediaDevices.getDisplayMedia(options);
    const track = stream.getVideoTracks()[0] as MediaStreamTrack;
    track.contentHint = "detail";
    return track;
  } catch (error) {
    throw screenProblem(error);
  }
}

/** The cameras there are; without names until one was allowed. */
export async function listCameras(): Promise<CameraChoice[]> {
  const devices = (await navigator.mediaDevices?.enumerateDevices?.()) ?? [];
  return devices
    .filter(({ kind, deviceId }) => kind === "videoinput" && deviceId !== "")
    .map(({ deviceId, label }) => ({ id: deviceId, label }));
}

/** Whether the camera may be used without asking. */
export async function isCameraGranted(): Promise<boolean> {
  try {
    const name = "camera" as PermissionName;
    return (await navigator.permissions.query({ name })).state === "granted";
  } catch {
    return false; // a browser that does not say would ask
  }
}

function nameOf(error: unknown): string {
  return error instanceof DOMException || error instanceof Error ? error.name : "";
}

async function cameraProblem(error: unknown): Promise<SourceProblem> {
  switch (nameOf(error)) {
    case "NotAllowedError":
      return new SourceProblem((await isAllowedByPage()) ? "refused" : "forbidden", error);
    case "SecurityError":
      return new SourceProblem("forbidden", error);
    case "NotFoundError":
    case "OverconstrainedError":
      return new SourceProblem("missing", error);
    case "NotReadableError":
    case "AbortError":
      return new SourceProblem("busy", error);
    default:
      return new SourceProblem("unknown", error);
  }
}

/** A frame is refused by the page around it before anybody is asked. */
async function isAllowedByPage(): Promise<boolean> {
  const policy = (document as { featurePolicy?: { allowsFeature(name: string): boolean } })
    .featurePolicy;
  return policy?.allowsFeature("camera") ?? true;
}

function screenProblem(error: unknown): SourceProblem {
  switch (nameOf(error)) {
    case "NotAllowedError": {
      // Chromium tells a system that forbids it apart from a person who closed the choice.
      const words = error instanceof Error ? error.message : "";
      return new SourceProblem(/system|policy/i.test(words) ? "forbidden" : "cancelled", error);
    }
    case "SecurityError":
      return new SourceProblem("forbidden", error);
    case "NotFoundError":
      return new SourceProblem("missing", error);
    case "NotReadableError":
    case "AbortError":
      return new SourceProblem("busy", error);
    case "InvalidStateError":
    case "TypeError":
      return new SourceProblem("unsupported", error);
    default:
      return new SourceProblem("unknown", error);
  }
}
