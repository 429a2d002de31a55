import { useSignal } from "@preact/signals";
import type { Box, Pointed } from "@stoa/cobrowse/replica";
import type { ComponentChildren } from "preact";
import { useEffect, useLayoutEffect, useMemo, useRef } from "preact/hooks";
import { perform } from "../app/act.ts";
import { t } from "../app/texts.ts";
import type { Hands } from "./acting.ts";
import { FillBox } from "./fill.tsx";
import { KeysInOrder } from "./keys.ts";
import type { Pointer, Stroke } from "./pointing.ts";
import type { Watch } from "./watch.ts";

const REPLICA = "/desk/replica";
/** Until the page says how big it is. */
const USUAL = { width: 1280, height: 800, isTouch: false };
const PHONE_WIDTH = 600;
const BEZEL = 10;
const MOVE = 90;

interface StageProps {
  watch: Watch;
  pointer: Pointer;
  hands: Hands;
  /** Drawn at its own size, in a pane that scrolls, instead of fitted into the room there is. */
  isFullSize: boolean;
  children?: ComponentChildren;
}

/** How much the customer's window is scaled to stand in the room there is. */
function useScale(isFullSize: boolean, width: number, height: number, margin: number) {
  const room = useRef<HTMLDivElement>(null);
  const scale = useSignal(1);
  useLayoutEffect(() => {
    const element = room.current;
    if (!element) return;
    const fit = () => {
      const { clientWidth, clientHeight } = element;
      const fits = Math.min(
        (clientWidth - 2 * margin) / width,
        (clientHeight - 2 * margin) / height,
      );
      scale.value = isFullSize ? 1 : Math.max(0.05, Math.min(fits, 1.5));
    };
    fit();
    const observer = new ResizeObserver(fit);
    observer.observe(element);
    return () => observer.disconnect();
  }, [isFullSize, width, height, margin, scale]);
  return { room, scale: scale.value };
}

/** The customer's page, as large as there is room, and over it what the agent shows on it. */
export function Stage({ watch, pointer, hands, isFullSize, children }: StageProps) {
  const { width, height, isTouch } = watch.size.value ?? USUAL;
  const isPhone = isTouch || width <= PHONE_WIDTH;
  const margin = isPhone ? BEZEL : 0;
  const { room, scale } = useScale(isFullSize, width, height, margin);
  return (
    <div class={`replica-room ${isFullSize ? "is-full" : ""}`} ref={room}>
      <div
        class={`replica-window ${isPhone ? "is-phone" : ""}`}
        style={{ width: `${width * scale}px`, height: `${height * scale}px` }}
      >
        <ReplicaFrame watch={watch} width={width} height={height} scale={scale} />
        <Overlay watch={watch} pointer={pointer} hands={hands} scale={scale} />
        {children}
      </div>
    </div>
  );
}

interface FrameProps {
  watch: Watch;
  width: number;
  height: number;
  scale: number;
}

function ReplicaFrame({ watch, width, height, scale }: FrameProps) {
  const src = watch.needsQuirks.value ? `${REPLICA}?quirks` : REPLICA;
  useEffect(() => () => watch.link.close(), [watch]);
  return (
    <iframe
      key={watch.frameNumber.value}
      class="replica-frame"
      title={t("cobrowse.frame")}
      src={src}
      // Scripts: the replica's own, by its policy. Without allow-same-origin it shares nothing.
      sandbox="allow-scripts"
      referrerpolicy="no-referrer"
      // Neither a click nor the focus gets into the copy of the page.
      inert
      tabIndex={-1}
      width={width}
      height={height}
      style={{ transform: `scale(${scale})` }}
      onLoad={(event) => watch.link.loaded(event.currentTarget)}
    />
  );
}

interface OverlayProps {
  watch: Watch;
  pointer: Pointer;
  hands: Hands;
  scale: number;
}

const toWindow = (event: PointerEvent | WheelEvent | MouseEvent, scale: number) => {
  const { left, top } = (event.currentTarget as Element).getBoundingClientRect();
  return [(event.clientX - left) / scale, (event.clientY - top) / scale] as const;
};

function Overlay({ watch, pointer, hands, scale }: OverlayProps) {
  const filling = useSignal<Pointed | null>(null);
  const keys = useMemo(() => new KeysInOrder(), []);
  const isActing = pointer.tool.value === "act";
  const { width, height } = watch.size.value ?? USUAL;

  function use(at: Pointed) {
    if (at.can === "fill") filling.value = at;
    else void perform(() => hands.click(at));
  }

  async function press(event: MouseEvent) {
    const [x, y] = toWindow(event, scale);
    if (pointer.tool.peek() === "draw" || pointer.tool.peek() === "point") return;
    const at = await watch.link.point(x, y);
    if (!at) return;
    if (pointer.tool.peek() === "act") use(at);
    else pointer.mark(at.node === pointer.marked.peek()?.node ? null : at);
  }

  function down(event: PointerEvent) {
    if (pointer.tool.peek() !== "draw" || event.button !== 0) return;
    (event.currentTarget as Element).setPointerCapture(event.pointerId);
    pointer.beginStroke(...toWindow(event, scale));
  }

  function move(event: PointerEvent) {
    const [x, y] = toWindow(event, scale);
    if (pointer.tool.peek() === "draw" && event.buttons === 1) pointer.extendStroke(x, y);
    else pointer.move(x, y);
  }

  async function step(by: number) {
    const at = await watch.link.step(pointer.under.peek()?.node ?? null, by < 0);
    if (at) pointer.pointAt(at);
  }

  function enter() {
    const at = pointer.under.peek();
    if (!at) return;
    if (pointer.tool.peek() === "act") use(at);
    else pointer.mark(at);
  }

  function key(event: KeyboardEvent) {
    const by = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
    const page = { PageDown: 1, PageUp: -1 }[event.key];
    if (by) keys.press(() => step(by));
    else if (page && isActing) hands.scrollBy(0, page * height * 0.8);
    else if (event.key === "Enter" && (keys.isBusy.peek() || pointer.under.peek())) {
      keys.press(enter);
    } else {
      if (event.key === "Escape") keys.press(() => pointer.clear());
      return;
    }
    event.preventDefault();
  }

  return (
    <>
      <div
        class={`replica-overlay is-${pointer.tool.value}`}
        role="group"
        tabIndex={0}
        data-replica-overlay
        aria-label={t("cobrowse.stage")}
        aria-describedby="replica-keys"
        aria-busy={keys.isBusy}
        onPointerDown={down}
        onPointerMove={move}
        onPointerUp={() => pointer.tool.peek() === "draw" && pointer.endStroke()}
        onPointerLeave={() => pointer.leave()}
        onClick={press}
        onKeyDown={key}
        onWheel={(event) => {
          if (!isActing) return;
          event.preventDefault();
          hands.scrollBy(event.deltaX, event.deltaY);
        }}
      >
        <Marks watch={watch} pointer={pointer} scale={scale} width={width} height={height} />
      </div>
      <p id="replica-keys" class="visually-hidden">
        {t(isActing ? "cobrowse.keysActing" : "cobrowse.keys")}
      </p>
      <Announced pointer={pointer} />
      {filling.value && (
        <FillBox
          at={filling.value}
          scale={scale}
          size={{ width, height }}
          onFill={(text) => {
            const at = filling.value;
            filling.value = null;
            if (at) void perform(() => hands.fill(at, text));
          }}
          onClose={() => (filling.value = null)}
        />
      )}
    </>
  );
}

function Announced({ pointer }: { pointer: Pointer }) {
  const under = pointer.under.value;
  return (
    <span class="visually-hidden" aria-live="polite">
      {under?.node != null && wordsOf(under)}
    </span>
  );
}

function wordsOf({ label, isMasked }: Pointed): string {
  const name = label || t("cobrowse.unnamed");
  return isMasked ? t("cobrowse.masked", { name }) : name;
}

const boxStyle = ({ x, y, width, height }: Box, scale: number) => ({
  left: `${x * scale}px`,
  top: `${y * scale}px`,
  width: `${width * scale}px`,
  height: `${height * scale}px`,
});

interface MarksProps {
  watch: Watch;
  pointer: Pointer;
  scale: number;
  width: number;
  height: number;
}

/** What lies over the page: the customer's hand, what the agent points at, marks and draws. */
function Marks({ watch, pointer, scale, width, height }: MarksProps) {
  const under = pointer.tool.value === "draw" ? null : pointer.under.value;
  const marked = watch.tracked.value;
  const hand = watch.hand.value;
  const view = watch.view.value;
  return (
    <>
      {under?.box && (
        <span
          class={`replica-under ${under.isMasked ? "is-masked" : ""}`}
          style={boxStyle(under.box, scale)}
        >
          {(under.label || under.isMasked) && (
            <span class={`replica-label ${under.box.y * scale < MOVE / 3 ? "is-below" : ""}`}>
              {wordsOf(under)}
            </span>
          )}
        </span>
      )}
      {marked?.box && <span class="replica-mark" style={boxStyle(marked.box, scale)} />}
      <svg
        class="replica-strokes"
        viewBox={`${view.x} ${view.y} ${width} ${height}`}
        aria-hidden="true"
      >
        {pointer.strokes.value.map((stroke) => (
          <StrokeLine key={stroke.id} stroke={stroke} />
        ))}
      </svg>
      {hand && (
        <span
          class={`replica-hand is-${hand.kind}`}
          style={{ left: `${hand.x * scale}px`, top: `${hand.y * scale}px` }}
          role="img"
          aria-label={t("cobrowse.hand")}
        >
          {hand.kind !== "move" && <span key={hand.count} class="replica-press" />}
        </span>
      )}
    </>
  );
}

function StrokeLine({ stroke }: { stroke: Stroke }) {
  return <polyline points={stroke.points.map((place) => place.join(",")).join(" ")} />;
}
