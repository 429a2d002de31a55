const QUIETEST_DB = -60;
const LOUDEST_DB = -12;
const EVERY_MS = 100;

/** How loud the samples are, 0 (nothing) to 1 (as loud as speech gets), even to the ear. */
export function levelOf(samples: ArrayLike<number>): number {
  let sum = 0;
  for (let index = 0; index < samples.length; index++) sum += (samples[index] ?? 0) ** 2;
  if (sum === 0) return 0;
  const decibels = 10 * Math.log10(sum / samples.length);
  return Math.min(1, Math.max(0, (decibels - QUIETEST_DB) / (LOUDEST_DB - QUIETEST_DB)));
}

export interface Levels {
  readonly own: number;
  readonly other: number;
}

/** Measures what comes through two nodes ten times a second. */
export class Meter {
  readonly own: AnalyserNode;
  readonly other: AnalyserNode;
  private readonly samples;
  private readonly timer;

  constructor(context: BaseAudioContext, listener: (levels: Levels) => void) {
    this.own = context.createAnalyser();
    this.other = context.createAnalyser();
    this.own.fftSize = this.other.fftSize = 2048;
    this.samples = new Float32Array(this.own.fftSize);
    this.timer = setInterval(() => {
      listener({ own: this.read(this.own), other: this.read(this.other) });
    }, EVERY_MS);
  }

  close(): void {
    clearInterval(this.timer);
  }

  private read(node: AnalyserNode): number {
    node.getFloatTimeDomainData(this.samples);
    return levelOf(this.samples);
  }
}
