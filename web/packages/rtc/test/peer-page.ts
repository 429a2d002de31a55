// A page of one side for tests in real browsers: `window.peer` is what the test holds in its hand,
// `window.say` is how signals leave. `?leg=` names the side, `?others=` whom it may meet.
import { effect } from "@preact/signals";
import { type Remembered, Sight, type StillStep, takeStill } from "../src/peer/index.ts";

declare global {
  interface Window {
    say(toLeg: string | null, message: string): void;
    ice?: RTCIceServer[];
    /** Kept by the test's own script, where it has one. */
    connections?: RTCPeerConnection[];
    peer: typeof peer;
  }
}

const wish = new URLSearchParams(location.search);
const ownLeg = wish.get("leg") ?? "";
const KEPT = "sight";

const told: string[] = [];
const stills: string[] = [];
const lines: string[] = [];
const sight = new Sight({
  ownLeg,
  send: (toLeg, message) => window.say(toLeg, JSON.stringify(message)),
  iceServers: async () => window.ice ?? [],
  changed: (source, isOn) => told.push(`${source} ${isOn}`),
  heardStill: (_from, step, source) => stills.push(`${step} ${source}`),
  remember: (what) => sessionStorage.setItem(KEPT, JSON.stringify(what)),
  recall: () => JSON.parse(sessionStorage.getItem(KEPT) ?? "null") as Remembered | null,
  isVoicePoor: () => false,
});
effect(() => {
  if (lines.at(-1) !== sight.line.value) lines.push(sight.line.value);
});
// An element stays as long as its picture, as in the product.
effect(() => {
  const all = [...sight.own.value, ...sight.others.value];
  document.body.replaceChildren(
    ...all.map(({ legId, source, stream }) => {
      const id = `${legId ?? "own"}-${source}`;
      const known = document.getElementById(id) as HTMLVideoElement | null;
      if (known?.srcObject === stream) return known;
      const video = document.createElement("video");
      video.id = id;
      video.muted = video.autoplay = video.playsInline = true;
      video.srcObject = stream;
      return video;
    }),
  );
});

/** The colour at a place of a picture, given as parts of its width and height; null while dark. */
function colourAt(id: string, x: number, y: number): number[] | null {
  const video = document.getElementById(id) as HTMLVideoElement | null;
  if (!video?.videoWidth) return null;
  const canvas = document.createElement("canvas");
  canvas.width = video.videoWidth;
  canvas.height = video.videoHeight;
  const context = canvas.getContext("2d");
  context?.drawImage(video, 0, 0);
  const at = context?.getImageData(x * canvas.width, y * canvas.height, 1, 1).data;
  return at ? [...at.slice(0, 3)] : null;
}

/** Whether the picture has about this colour at this place. */
function isColour(id: string, x: number, y: number, wanted: number[]): boolean {
  const found = colourAt(id, x, y);
  return found?.every((value, index) => Math.abs(value - (wanted[index] ?? 0)) < 40) ?? false;
}

async function stillSize(source: "camera" | "screen"): Promise<number[]> {
  const own = sight.stage.of(source);
  if (!own) return [];
  const picture = await createImageBitmap(await takeStill(own.stream));
  return [picture.width, picture.height];
}

function size(id: string): number[] {
  const video = document.getElementById(id) as HTMLVideoElement | null;
  return [video?.videoWidth ?? 0, video?.videoHeight ?? 0];
}

/** What the newest line may send of the camera, in bits per second. */
function ceiling(): number {
  const senders = window.connections?.at(-1)?.getSenders() ?? [];
  const camera = senders.find(({ track }) => track?.kind === "video");
  return camera?.getParameters().encodings[0]?.maxBitrate ?? 0;
}

const peer = {
  ceiling,
  sight,
  told,
  stills,
  lines,
  colourAt,
  isColour,
  size,
  stillSize,
  hear: (fromLeg: string, message: string) => sight.hear(fromLeg, JSON.parse(message)),
  steps: (to: string, step: StillStep) => sight.tellStill(to, step, "camera"),
};
window.peer = peer;
void sight.stage.restore();
sight.setLegs((wish.get("others") ?? "").split(",").filter(Boolean));
