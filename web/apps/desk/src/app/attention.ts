import { effect, signal } from "@preact/signals";
import { t } from "./texts.ts";

const KEPT_SOUND = "stoa.desk.sound";

/** How many conversations wait for an answer of mine; shown in the window's title. */
export const unread = signal(0);
/** Who calls right now; shown in the window's title before all else. */
export const ringingName = signal<string | null>(null);
/** Whether this person is in a call. */
export const isTalking = signal(false);
export const isSoundOn = signal(localStorage.getItem(KEPT_SOUND) !== "off");
export const notificationState = signal<NotificationPermission | "unsupported">(
  "Notification" in window ? Notification.permission : "unsupported",
);

export function switchSound(isOn: boolean): void {
  isSoundOn.value = isOn;
  localStorage.setItem(KEPT_SOUND, isOn ? "on" : "off");
}

export async function askForNotifications(): Promise<void> {
  if (notificationState.peek() === "unsupported") return;
  notificationState.value = await Notification.requestPermission();
}

let audio: AudioContext | null = null;

/** Two soft notes; browsers allow them only after the first click or key on the page. */
function chime(): void {
  if (navigator.userActivation?.hasBeenActive === false) return;
  audio ??= new AudioContext();
  if (audio.state === "suspended") void audio.resume();
  const start = audio.currentTime;
  for (const [index, frequency] of [587.33, 880].entries()) {
    const note = audio.createOscillator();
    const volume = audio.createGain();
    const at = start + index * 0.12;
    note.frequency.value = frequency;
    volume.gain.setValueAtTime(0, at);
    volume.gain.linearRampToValueAtTime(0.08, at + 0.02);
    volume.gain.exponentialRampToValueAtTime(0.0001, at + 0.35);
    note.connect(volume).connect(audio.destination);
    note.start(at);
    note.stop(at + 0.4);
  }
}

/** Shows a notification; null where there may be none. */
export function noticeOf(title: string, body: string, stays = false): Notification | null {
  if (notificationState.peek() !== "granted") return null;
  try {
    return new Notification(title, { body, tag: title, requireInteraction: stays });
  } catch {
    return null; // Chrome on Android allows them to service workers only; the sound was heard.
  }
}

/** Calls the agent: a sound, and a notification when the window is not looked at. */
export function callAttention(title: string, body: string, open: () => void): void {
  if (isSoundOn.peek()) chime();
  if (document.hasFocus()) return;
  const notice = noticeOf(title, body);
  if (!notice) return;
  notice.onclick = () => {
    focus();
    open();
    notice.close();
  };
}

/** Keeps the window's title true for as long as the page lives. */
export function startTitle(): void {
  effect(() => {
    const name = ringingName.value;
    if (name !== null) document.title = `☎ ${t("ring.calls", { name })}`;
    else {
      const count = unread.value > 0 ? `(${unread.value}) ` : "";
      document.title = `${isTalking.value ? "☎ " : ""}${count}${t("app.name")}`;
    }
  });
}
