// A still of a picture that is being shown.

const LONGEST = 2_560;
const QUALITY = 0.9;
const FRAME_MS = 5_000;

/** What the stream shows at this moment, as a JPEG. Throws when no frame comes. */
export async function takeStill(stream: MediaStream): Promise<Blob> {
  const video = document.createElement("video");
  video.muted = true;
  video.playsInline = true;
  video.srcObject = stream;
  try {
    await firstFrame(video);
    const scale = Math.min(1, LONGEST / Math.max(video.videoWidth, video.videoHeight));
    const canvas = document.createElement("canvas");
    canvas.width = Math.round(video.videoWidth * scale);
    canvas.height = Math.round(video.videoHeight * scale);
    canvas.getContext("2d")?.drawImage(video, 0, 0, canvas.width, canvas.height);
    return await asJpeg(canvas);
  } finally {
    video.srcObject = null;
  }
}

async function firstFrame(video: HTMLVideoElement): Promise<void> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error("No frame came.")), FRAME_MS);
  });
  try {
    await Promise.race([video.play().then(() => drawn(video)), late]);
  } finally {
    clearTimeout(timer);
  }
}

function drawn(video: HTMLVideoElement): Promise<void> {
  return new Promise((resolve) => {
    if (video.requestVideoFrameCallback) video.requestVideoFrameCallback(() => resolve());
    else if (video.videoWidth > 0) resolve();
    else video.onloadeddata = () => resolve();
  });
}

function asJpeg(canvas: HTMLCanvasElement): Promise<Blob> {
  return new Promise((resolve, reject) => {
    canvas.toBlob(
      (blob) => (blob ? resolve(blob) : reject(new Error("The picture is empty."))),
      "image/jpeg",
      QUALITY,
    );
  });
}
