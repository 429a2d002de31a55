import download from "lucide:download";
import history from "lucide:history";
import pause from "lucide:pause";
import play from "lucide:play";
import trash from "lucide:trash-2";
import { useSignal } from "@preact/signals";
import { Button, Dialog, Icon, IconButton } from "@stoa/ui";
import { useEffect, useLayoutEffect, useMemo, useRef } from "preact/hooks";
import { deleteRecording, type Recording, soundUrl } from "../api/calls.ts";
import { perform, useAct } from "../app/act.ts";
import { formats, t } from "../app/texts.ts";
import { theme } from "../app/theme.ts";
import { mayActAs } from "../session/store.ts";
import { ListeningsDialog } from "./listenings.tsx";
import { openSound } from "./sound.ts";
import { drawWaveform, lanesOf } from "./waveform.ts";

const SPEEDS = [1, 1.25, 1.5, 2] as const;
const STEP_SECONDS = 5;

function coloursOf(element: Element) {
  const style = getComputedStyle(element);
  const colour = (name: string) => style.getPropertyValue(name);
  return {
    played: [colour("--accent"), colour("--action")],
    rest: colour("--edge"),
    position: colour("--ink"),
  };
}

interface WaveformProps {
  recording: Recording;
  seconds: number;
  at: number;
  seek: (seconds: number) => void;
  toggle: () => void;
}

/** The sound as a picture, and the place in it: a click, or the arrows, go elsewhere. */
function Waveform({ recording, seconds, at, seek, toggle }: WaveformProps) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const { waveform, channels } = recording;
  const lanes = useMemo(() => lanesOf(waveform, channels), [waveform, channels]);
  const fraction = seconds > 0 ? at / seconds : 0;
  const draw = () => {
    const element = canvas.current;
    if (element) drawWaveform(element, lanes, fraction, coloursOf(element));
  };
  useLayoutEffect(draw, [lanes, fraction, theme.value]);
  useEffect(() => {
    const observer = new ResizeObserver(draw);
    if (canvas.current) observer.observe(canvas.current);
    return () => observer.disconnect();
  }, [lanes, fraction]);
  const steps: Record<string, number> = {
    ArrowRight: at + STEP_SECONDS,
    ArrowUp: at + STEP_SECONDS,
    ArrowLeft: at - STEP_SECONDS,
    ArrowDown: at - STEP_SECONDS,
    PageUp: at + 30,
    PageDown: at - 30,
    Home: 0,
    End: seconds,
  };
  return (
    <canvas
      ref={canvas}
      class={`waveform ${channels > 1 ? "has-sides" : ""}`}
      role="slider"
      tabIndex={0}
      aria-label={t("recording.position")}
      aria-valuemin={0}
      aria-valuemax={Math.round(seconds)}
      aria-valuenow={Math.round(at)}
      aria-valuetext={`${formats().duration(at)} / ${formats().duration(seconds)}`}
      onPointerDown={(event) => {
        const box = event.currentTarget.getBoundingClientRect();
        seek(((event.clientX - box.left) / box.width) * seconds);
      }}
      onKeyDown={(event) => {
        const to = steps[event.key];
        if (to === undefined && event.key !== " ") return;
        event.preventDefault();
        if (to === undefined) toggle();
        else seek(to);
      }}
    />
  );
}

function Player({ recording }: { recording: Recording }) {
  const act = useAct();
  const at = useSignal(0);
  const isPlaying = useSignal(false);
  const speed = useSignal<number>(1);
  const sound = useMemo(() => openSound(soundUrl(recording.id)), [recording.id]);
  useEffect(() => {
    sound.listen({
      onTime: (seconds) => (at.value = seconds),
      onPlaying: (isOn) => (isPlaying.value = isOn),
    });
    return sound.close;
  }, [sound]);
  const seconds = recording.duration_ms / 1000;
  const toggle = () => act.run(() => (isPlaying.peek() ? sound.pause() : sound.play()));
  // Not one at a time: whoever goes elsewhere while it begins to play means it.
  const seek = (to: number) =>
    perform(async () => {
      await sound.seek(Math.min(seconds, Math.max(0, to)));
      at.value = sound.at();
    });
  const next = () => {
    const index = SPEEDS.findIndex((one) => one === speed.peek());
    speed.value = SPEEDS[(index + 1) % SPEEDS.length] ?? 1;
    sound.speed(speed.value);
  };
  return (
    <div class="player">
      <IconButton
        icon={isPlaying.value ? pause : play}
        label={t(isPlaying.value ? "recording.pause" : "recording.play")}
        aria-busy={act.isBusy ? "true" : undefined}
        onClick={toggle}
      />
      <Waveform {...{ recording, seconds, seek, toggle }} at={at.value} />
      <span class="player-time">
        {formats().duration(at.value)} / {formats().duration(seconds)}
      </span>
      <button
        type="button"
        class="player-speed"
        aria-label={t("recording.speed", { speed: formats().number(speed.value) })}
        title={t("recording.speed", { speed: formats().number(speed.value) })}
        onClick={next}
      >
        {formats().number(speed.value)}×
      </button>
    </div>
  );
}

function DeleteDialog({ recording, onClose }: { recording: Recording; onClose: () => void }) {
  const act = useAct();
  const run = () =>
    act.run(async () => {
      await deleteRecording(recording.id);
      onClose();
    });
  return (
    <Dialog
      title={t("recording.delete")}
      closeLabel={t("action.close")}
      onClose={onClose}
      actions={
        <>
          <Button onClick={onClose}>{t("action.cancel")}</Button>
          <Button look="danger" icon={trash} busy={act.isBusy} onClick={run}>
            {t("recording.deleteNow")}
          </Button>
        </>
      }
    >
      <p>{t("recording.deleteText")}</p>
    </Dialog>
  );
}

const TITLES = { call: "recording.call", voicemail: "recording.voicemail" } as const;
const STATES = {
  running: "recording.running",
  failed: "recording.failed",
  deleted: "recording.deleted",
} as const;

/** A recording or a voicemail: to be heard, taken along, or deleted, as far as rights go. */
export function RecordingView({ recording }: { recording: Recording }) {
  const isDeleting = useSignal(false);
  const isAsking = useSignal(false);
  const { id, kind, state } = recording;
  if (state !== "kept") {
    return (
      <p class="recording quiet">
        {t(TITLES[kind])}: {t(STATES[state])}
      </p>
    );
  }
  return (
    <div class="recording" role="group" aria-label={t(TITLES[kind])}>
      <div class="row spread">
        <span class="recording-title">
          {t(TITLES[kind])}
          {!recording.is_complete && ` (${t("recording.cutOff")})`}
        </span>
        {mayActAs("supervisor") && (
          <span class="row">
            <a
              class="ui-icon-button"
              href={`${soundUrl(id)}?download=1`}
              download
              aria-label={t("recording.download")}
              title={t("recording.download")}
            >
              <Icon of={download} size={16} />
            </a>
            <IconButton
              icon={history}
              label={t("recording.listenings")}
              onClick={() => (isAsking.value = true)}
            />
            <IconButton
              icon={trash}
              tone="danger"
              label={t("recording.delete")}
              onClick={() => (isDeleting.value = true)}
            />
          </span>
        )}
      </div>
      <Player recording={recording} />
      {recording.channels > 1 && (
        <p class="recording-sides quiet">
          <span class="is-customer">{t("recording.customerSide")}</span>
          <span class="is-shop">{t("recording.shopSide")}</span>
        </p>
      )}
      {isAsking.value && <ListeningsDialog id={id} onClose={() => (isAsking.value = false)} />}
      {isDeleting.value && (
        <DeleteDialog recording={recording} onClose={() => (isDeleting.value = false)} />
      )}
    </div>
  );
}
