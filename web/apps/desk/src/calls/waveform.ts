/** Splits peaks that came one per channel in turn. */
export function lanesOf(waveform: readonly number[], channels: number): number[][] {
  return Array.from({ length: channels }, (_, channel) =>
    waveform.filter((_, index) => index % channels === channel),
  );
}

/** Returns so many bars from 0 to 1: the highest peak of each stretch. An empty lane is silent. */
export function barsOf(peaks: readonly number[], count: number): number[] {
  return Array.from({ length: count }, (_, index) => {
    const from = Math.floor((index * peaks.length) / count);
    const to = Math.max(from + 1, Math.ceil(((index + 1) * peaks.length) / count));
    const highest = peaks.slice(from, to).reduce((most, peak) => Math.max(most, peak), 0);
    return highest / 255;
  });
}

export interface Colours {
  readonly played: readonly string[];
  readonly rest: string;
  readonly position: string;
}

const BAR_PX = 2;
const STEP_PX = 3;

/** Draws the lanes over one another, what was heard already in their own colours. */
export function drawWaveform(
  canvas: HTMLCanvasElement,
  lanes: readonly (readonly number[])[],
  fraction: number,
  { played, rest, position }: Colours,
): void {
  const scale = devicePixelRatio || 1;
  const { clientWidth: width, clientHeight: height } = canvas;
  canvas.width = Math.round(width * scale);
  canvas.height = Math.round(height * scale);
  const pen = canvas.getContext("2d");
  if (!pen || width === 0) return;
  pen.scale(scale, scale);
  const count = Math.floor(width / STEP_PX);
  const laneHeight = height / Math.max(1, lanes.length);
  lanes.forEach((peaks, lane) => {
    const middle = laneHeight * (lane + 0.5);
    barsOf(peaks, count).forEach((bar, index) => {
      const x = index * STEP_PX;
      const half = Math.max(0.5, (bar * (laneHeight - 4)) / 2);
      pen.fillStyle = x < fraction * width ? (played[lane] ?? rest) : rest;
      pen.fillRect(x, middle - half, BAR_PX, half * 2);
    });
  });
  if (fraction <= 0) return;
  pen.fillStyle = position;
  pen.fillRect(Math.min(width - 1, fraction * width), 0, 1, height);
}
