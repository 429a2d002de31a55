import screenShare from "lucide:screen-share";
import flip from "lucide:switch-camera";
import videoIcon from "lucide:video";
import { Icon, IconButton, Menu, type MenuItem } from "@stoa/ui";
import { canShareScreen, canUseCamera } from "../sources.ts";
import type { SightModel } from "./model.ts";
import { vt } from "./texts.ts";

interface Keys {
  readonly camera?: string;
  readonly screen?: string;
}

/** Begins or ends showing the camera. */
export function toggleCamera({ sight: { stage } }: SightModel): void {
  if (stage.of("camera")) stage.stop("camera");
  else void stage.startCamera();
}

/** Begins or ends showing the screen; the browser lets its person choose what of it. */
export function toggleScreen(model: SightModel): void {
  const { stage } = model.sight;
  if (stage.of("screen")) stage.stop("screen");
  else void stage.startScreen(model.firstScreen);
}

function CameraTool({ model, shortcut }: { model: SightModel; shortcut: string | undefined }) {
  const { stage } = model.sight;
  const isOn = stage.shown.value.some(({ source }) => source === "camera");
  const isStarting = stage.starting.value === "camera";
  const label = isStarting ? vt("camera.starting") : isOn ? vt("camera.stop") : vt("camera.start");
  return (
    <IconButton
      icon={videoIcon}
      label={label}
      shortcut={shortcut}
      aria-pressed={isOn}
      aria-busy={isStarting}
      class={isOn ? "sight-live" : ""}
      onClick={() => toggleCamera(model)}
    />
  );
}

/** Turns to the other camera where there are two, chooses among more. */
function OtherCamera({ model }: { model: SightModel }) {
  const { stage } = model.sight;
  const own = stage.shown.value.find(({ source }) => source === "camera");
  const cameras = stage.cameras.value;
  if (!own || cameras.length < 2) return null;
  if (cameras.length === 2) {
    return <IconButton icon={flip} label={vt("camera.flip")} onClick={() => void stage.flip()} />;
  }
  const items: MenuItem[] = cameras.map(({ id, label }, index) => ({
    label: label || vt("camera.nameless", { number: index + 1 }),
    run: () => void stage.choose({ id }),
  }));
  return (
    <Menu label={vt("camera.choose")} items={items} class="ui-icon-button">
      <Icon of={flip} />
    </Menu>
  );
}

function ScreenTool({ model, shortcut }: { model: SightModel; shortcut: string | undefined }) {
  const { stage } = model.sight;
  if (!canShareScreen()) return null;
  const isOn = stage.shown.value.some(({ source }) => source === "screen");
  const isStarting = stage.starting.value === "screen";
  if (!isOn && !isStarting && model.firstScreen === "this-tab") {
    const items: MenuItem[] = [
      { label: vt("screen.thisTab"), run: () => void stage.startScreen("this-tab") },
      { label: vt("screen.other"), run: () => void stage.startScreen("anything") },
    ];
    return (
      <Menu label={vt("screen.start")} items={items} class="ui-icon-button">
        <Icon of={screenShare} />
      </Menu>
    );
  }
  const label = isStarting ? vt("screen.starting") : isOn ? vt("screen.stop") : vt("screen.start");
  return (
    <IconButton
      icon={screenShare}
      label={label}
      shortcut={shortcut}
      aria-pressed={isOn}
      aria-busy={isStarting}
      class={isOn ? "sight-live" : ""}
      onClick={() => toggleScreen(model)}
    />
  );
}

/** The controls that belong beside mute and hold. */
export function SightTools({ model, keys = {} }: { model: SightModel; keys?: Keys }) {
  return (
    <>
      {canUseCamera() && <CameraTool model={model} shortcut={keys.camera} />}
      <OtherCamera model={model} />
      <ScreenTool model={model} shortcut={keys.screen} />
    </>
  );
}
