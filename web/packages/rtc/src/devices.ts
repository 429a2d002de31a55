export interface Devices {
  readonly microphones: readonly MediaDeviceInfo[];
  readonly speakers: readonly MediaDeviceInfo[];
}

/** The devices there are. Their names stay empty until a microphone has been allowed. */
export async function listDevices(): Promise<Devices> {
  const all = (await navigator.mediaDevices?.enumerateDevices?.()) ?? [];
  // Before the permission some browsers name one nameless device per kind.
  const of = (kind: MediaDeviceKind) => all.filter((one) => one.kind === kind && one.deviceId);
  return { microphones: of("audioinput"), speakers: of("audiooutput") };
}

/** `listener` hears of every device that comes or goes; returns how to stop that. */
export function onDevices(listener: (devices: Devices) => void): () => void {
  let isStopped = false;
  const look = async () => {
    const devices = await listDevices();
    if (!isStopped) listener(devices);
  };
  navigator.mediaDevices?.addEventListener?.("devicechange", look);
  return () => {
    isStopped = true;
    navigator.mediaDevices?.removeEventListener?.("devicechange", look);
  };
}

/** Whether this browser plays sound on a device of its user's choice. */
export function canChooseSpeaker(): boolean {
  return "setSinkId" in HTMLMediaElement.prototype;
}

/** "granted" asks nobody again; "unknown" where the browser does not tell. */
export async function microphonePermission(): Promise<PermissionState | "unknown"> {
  try {
    const status = await navigator.permissions.query({ name: "microphone" as PermissionName });
    return status.state;
  } catch {
    return "unknown"; // Firefox before 131 does not know the name
  }
}
