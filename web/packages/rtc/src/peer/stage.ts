// What this page shows the others: its camera and its screen, and why they could not be had.
import { signal } from "@preact/signals";
import type { Shown, Shows, Source } from "./messages.ts";
import {
  type CameraChoice,
  type Facing,
  isCameraGranted,
  listCameras,
  openCamera,
  openScreen,
  SourceProblem,
  type SourceTrouble,
} from "./sources.ts";

/** What was shown before this page was loaded anew. */
export interface Remembered {
  camera: { id: string | null } | null;
  isScreen: boolean;
}

export interface Own {
  readonly source: Source;
  readonly stream: MediaStream;
  readonly track: MediaStreamTrack;
  readonly shown: Shown;
}

export interface StageWiring {
  /** This source now shows this, or nothing any more. */
  put(source: Source, own: Own | null): void;
  /** A person began it, or it ended; what goes on after a reload is not told. */
  changed(source: Source, isOn: boolean): void;
  remember(what: Remembered): void;
  recall(): Remembered | null;
}

export class Stage {
  readonly shown = signal<readonly Own[]>([]);
  readonly trouble = signal<{ source: Source; trouble: SourceTrouble } | null>(null);
  readonly starting = signal<Source | null>(null);
  readonly cameras = signal<readonly CameraChoice[]>([]);
  /** Shown before the page was loaded anew, and not again by itself. */
  readonly lost = signal<readonly Source[]>([]);

  private readonly wiring: StageWiring;
  /* Made once: their ids stand in session descriptions, whatever is shown in them. */
  private readonly streams: Record<Source, MediaStream> = {
    camera: new MediaStream(),
    screen: new MediaStream(),
  };
  private isClosed = false;
  private isPaused = false;
  private readonly watchCameras = () => void this.listCameras();

  constructor(wiring: StageWiring) {
    this.wiring = wiring;
    navigator.mediaDevices?.addEventListener?.("devicechange", this.watchCameras);
  }

  /** The ids of what is shown, for the other pages. */
  get shows(): Shows {
    return Object.fromEntries(this.shown.peek().map(({ source, shown }) => [source, shown]));
  }

  get sources(): readonly Source[] {
    return this.shown.peek().map(({ source }) => source);
  }

  of(source: Source): Own | undefined {
    return this.shown.peek().find((own) => own.source === source);
  }

  /** Resolves to whether it is shown; `trouble` says why not. */
  async startCamera(wish: { id?: string; facing?: Facing } = {}): Promise<boolean> {
    const isShown = await this.start("camera", () => openCamera(wish));
    if (isShown) await this.listCameras();
    return isShown;
  }

  startScreen(first: "this-tab" | "anything"): Promise<boolean> {
    return this.start("screen", () => openScreen(first));
  }

  stop(source: Source): void {
    const own = this.of(source);
    if (!own) return;
    end(own.track);
    own.stream.removeTrack(own.track);
    this.shown.value = this.shown.peek().filter((one) => one !== own);
    this.wiring.put(source, null);
    this.remember();
    this.wiring.changed(source, false);
  }

  /** The next camera there is; on phones that is the one on the other side. */
  async flip(): Promise<void> {
    const own = this.of("camera");
    if (!own) return;
    const { deviceId, facingMode } = own.track.getSettings();
    const cameras = this.cameras.peek();
    const at = cameras.findIndex(({ id }) => id === deviceId);
    const next = cameras[(at + 1) % Math.max(1, cameras.length)];
    const facing: Facing = own.shown.isFront === false ? "user" : "environment";
    await this.choose(facingMode || !next ? { facing } : { id: next.id });
  }

  /** Another camera takes the place of the one shown, without a new line. */
  async choose(wish: { id?: string; facing?: Facing }): Promise<void> {
    const own = this.of("camera");
    if (!own) return void (await this.startCamera(wish));
    const before = own.track.getSettings().deviceId;
    end(own.track); // phones lend out one camera at a time
    try {
      this.replace(own, await openCamera(wish));
    } catch (error) {
      this.failed("camera", error);
      try {
        this.replace(own, await openCamera(before ? { id: before } : {}));
      } catch {
        this.stop("camera");
      }
    }
  }

  /** Goes on with what was shown before the page was loaded anew, where nobody need be asked. */
  async restore(): Promise<void> {
    const before = this.wiring.recall();
    if (!before) return;
    if (before.isScreen) this.lost.value = ["screen"];
    if (before.camera) {
      const { id } = before.camera;
      const isBack = (await isCameraGranted()) && (await this.again(id ? { id } : {}));
      if (!isBack) this.lost.value = [...this.lost.peek(), "camera"];
    }
    this.remember();
  }

  /** Nobody sees anything while the call is on hold; the lines stay. */
  setPaused(isPaused: boolean): void {
    if (this.isPaused === isPaused) return;
    this.isPaused = isPaused;
    for (const { source, track } of this.shown.peek()) this.set(source, track);
  }

  /** It is not offered again. */
  forget(source: Source): void {
    this.lost.value = this.lost.peek().filter((one) => one !== source);
  }

  close(): void {
    this.isClosed = true;
    navigator.mediaDevices?.removeEventListener?.("devicechange", this.watchCameras);
    for (const { track } of this.shown.peek()) end(track);
    this.shown.value = [];
    this.lost.value = [];
  }

  private async start(source: Source, open: () => Promise<MediaStreamTrack>): Promise<boolean> {
    if (this.starting.peek() || this.of(source)) return false;
    this.starting.value = source;
    this.trouble.value = null;
    try {
      this.show(source, await open());
      this.forget(source);
      this.wiring.changed(source, true);
      return true;
    } catch (error) {
      this.failed(source, error);
      return false;
    } finally {
      this.starting.value = null;
    }
  }

  private async again(wish: { id?: string }): Promise<boolean> {
    try {
      this.show("camera", await openCamera(wish));
      await this.listCameras();
      return true;
    } catch {
      return false; // it is offered instead
    }
  }

  private failed(source: Source, error: unknown): void {
    if (!(error instanceof SourceProblem)) throw error;
    if (error.trouble !== "cancelled") this.trouble.value = { source, trouble: error.trouble };
  }

  private show(source: Source, track: MediaStreamTrack): void {
    if (this.isClosed) return track.stop();
    this.set(source, track);
  }

  /** The line stays; its track is another. */
  private replace(own: Own, track: MediaStreamTrack): void {
    if (this.isClosed || this.of(own.source) !== own) return track.stop();
    own.stream.removeTrack(own.track);
    this.set(own.source, track);
  }

  private set(source: Source, track: MediaStreamTrack): void {
    const stream = this.streams[source];
    stream.addTrack(track);
    track.enabled = !this.isPaused;
    const shown = shownOf(source, track, stream.id);
    const own = { source, stream, track, shown: { ...shown, isPaused: this.isPaused } };
    // The browser's own stop button, or a camera that was pulled out.
    track.onended = () => this.stop(source);
    this.shown.value = [...this.shown.peek().filter((one) => one.source !== source), own];
    this.wiring.put(source, own);
    this.remember();
  }

  private remember(): void {
    const camera = this.of("camera");
    this.wiring.remember({
      camera: camera ? { id: camera.track.getSettings().deviceId ?? null } : null,
      isScreen: this.of("screen") !== undefined,
    });
  }

  private async listCameras(): Promise<void> {
    this.cameras.value = await listCameras();
  }
}

function end(track: MediaStreamTrack): void {
  track.onended = null;
  track.stop();
}

function shownOf(source: Source, track: MediaStreamTrack, streamId: string): Shown {
  const settings = track.getSettings() as MediaTrackSettings & { displaySurface?: string };
  if (source === "screen") {
    const surface = settings.displaySurface as Shown["surface"];
    return surface ? { streamId, surface } : { streamId };
  }
  return { streamId, isFront: settings.facingMode !== "environment" };
}
