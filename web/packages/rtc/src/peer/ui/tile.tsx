import camera from "lucide:camera";
import enlarge from "lucide:maximize-2";
import pictureInPicture from "lucide:picture-in-picture-2";
import { Icon, IconButton } from "@stoa/ui";
import { useEffect, useRef } from "preact/hooks";
import type { Picture } from "../sight.ts";
import { captionOf, type SightModel } from "./model.ts";
import { vt } from "./texts.ts";

/* The other side is told in steps, so that moving an edge does not become a stream of wishes. */
const STEP = 60;

/** Tells the other side how high its picture is drawn here, in pixels of this screen. */
function useDrawn(model: SightModel, picture: Picture, video: { current: HTMLElement | null }) {
  const { legId, source } = picture;
  useEffect(() => {
    const element = video.current;
    if (!element || legId === null || source === "screen") return undefined;
    let told = 0;
    const observer = new ResizeObserver(([entry]) => {
      const height = (entry?.contentRect.height ?? 0) * devicePixelRatio;
      const step = Math.ceil(height / STEP) * STEP;
      if (!step || step === told) return;
      told = step;
      model.sight.setDrawn(legId, source, step);
    });
    observer.observe(element);
    return () => observer.disconnect();
  }, [model, legId, source]);
}

type Sized = { readonly currentTarget: HTMLVideoElement };

function Video({ model, picture }: { model: SightModel; picture: Picture }) {
  const video = useRef<HTMLVideoElement>(null);
  useDrawn(model, picture, video);
  useEffect(() => {
    const element = video.current;
    if (!element) return;
    if (element.srcObject !== picture.stream) element.srcObject = picture.stream;
    // A browser that wants a click first gets one with the next press on any control.
    void element.play().catch(() => undefined);
  }, [picture.stream, picture.isFlowing]);
  const isOwn = picture.legId === null;
  const isMirrored = isOwn && model.isMirrored && picture.shown.isFront !== false;
  // The frame takes the picture's own shape, which changes when a phone is turned.
  const shape = ({ currentTarget: { videoWidth, videoHeight, parentElement } }: Sized) => {
    if (videoHeight) parentElement?.style.setProperty("--aspect", `${videoWidth} / ${videoHeight}`);
  };
  const isFilled = picture.source === "camera" && model.isFilled.value;
  return (
    <video
      ref={video}
      class={`${isMirrored ? "is-mirrored" : ""} ${isFilled ? "is-filled" : ""}`}
      autoplay
      muted
      playsInline
      aria-hidden="true"
      onResize={shape}
    />
  );
}

function Acts({ model, picture, figure }: Props & { figure: { current: HTMLElement | null } }) {
  const pip = () => {
    const video = figure.current?.querySelector("video");
    if (document.pictureInPictureElement === video) void document.exitPictureInPicture();
    else void video?.requestPictureInPicture().catch(() => undefined);
  };
  return (
    <div class="sight-acts">
      {model.keep && (
        <IconButton
          icon={camera}
          label={vt("snapshot.take")}
          aria-disabled={model.isKeeping.value}
          onClick={() => model.isKeeping.peek() || model.keep?.(picture)}
        />
      )}
      {document.pictureInPictureEnabled && (
        <IconButton icon={pictureInPicture} label={vt("view.pip")} onClick={pip} />
      )}
    </div>
  );
}

interface Props {
  model: SightModel;
  picture: Picture;
}

/** One picture with its caption; `isMain` for the large one, else a press makes it that. */
export function Tile({ model, picture, isMain }: Props & { isMain: boolean }) {
  const figure = useRef<HTMLElement>(null);
  const caption = captionOf(picture, model.nameOf);
  const kind = `is-${picture.source} ${picture.legId ? "" : "is-own"}`;
  return (
    <figure
      ref={figure}
      class={`sight-tile ${kind} ${isMain ? "is-main" : ""}`}
      aria-label={caption}
    >
      <Video model={model} picture={picture} />
      {!picture.isFlowing && (
        <p class="sight-paused" role="status">
          {vt("picture.paused")}
        </p>
      )}
      <figcaption>{caption}</figcaption>
      {isMain ? (
        <Acts model={model} picture={picture} figure={figure} />
      ) : (
        <button
          type="button"
          class="sight-swap"
          aria-label={vt("view.swap", { what: caption })}
          title={vt("view.swap", { what: caption })}
          onClick={() => model.swap(picture)}
        >
          <Icon of={enlarge} size={14} />
        </button>
      )}
    </figure>
  );
}
