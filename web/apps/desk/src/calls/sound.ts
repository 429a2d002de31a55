import { http } from "../app/http.ts";

interface Listener {
  onTime: (seconds: number) => void;
  onPlaying: (isPlaying: boolean) => void;
}

/** A sound that is fetched when it is first wanted, once: so that one listening is one entry in
 * the audit, and every place in it can be gone to. */
export interface SoundFile {
  readonly play: () => Promise<void>;
  readonly pause: () => Promise<void>;
  readonly seek: (seconds: number) => Promise<void>;
  readonly speed: (rate: number) => void;
  readonly at: () => number;
  readonly listen: (listener: Listener) => void;
  readonly close: () => void;
}

async function fetchSound(url: string): Promise<string> {
  return URL.createObjectURL(await http.bytes(url));
}

function isReady(audio: HTMLAudioElement): Promise<void> {
  if (audio.readyState >= HTMLMediaElement.HAVE_METADATA) return Promise.resolve();
  return new Promise((resolve, reject) => {
    audio.addEventListener("loadedmetadata", () => resolve(), { once: true });
    audio.addEventListener("error", () => reject(audio.error ?? new Error("no sound")), {
      once: true,
    });
  });
}

let playing: HTMLAudioElement | null = null;

/** Opens the sound at an address; one plays at a time. */
export function openSound(url: string): SoundFile {
  const audio = new Audio();
  let fetched: Promise<string> | null = null;
  let rate = 1;

  async function ready(): Promise<void> {
    fetched ??= fetchSound(url).catch((problem) => {
      fetched = null;
      throw problem;
    });
    const source = await fetched;
    if (audio.src !== source) audio.src = source;
    audio.playbackRate = rate;
    await isReady(audio);
  }

  return {
    play: async () => {
      await ready();
      if (audio.ended) audio.currentTime = 0;
      if (playing !== audio) playing?.pause();
      playing = audio;
      await audio.play();
    },
    pause: async () => audio.pause(),
    seek: async (seconds) => {
      await ready();
      audio.currentTime = seconds;
    },
    speed: (wanted) => {
      rate = wanted;
      audio.playbackRate = wanted;
    },
    at: () => audio.currentTime,
    listen: ({ onTime, onPlaying }) => {
      audio.addEventListener("timeupdate", () => onTime(audio.currentTime));
      for (const type of ["play", "pause", "ended"] as const) {
        audio.addEventListener(type, () => onPlaying(!audio.paused && !audio.ended));
      }
    },
    close: () => {
      audio.pause();
      void fetched?.then(URL.revokeObjectURL, () => {});
    },
  };
}
