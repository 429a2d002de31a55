import {
  prepareTexts,
  SightTools,
  SightView,
  toggleCamera,
  toggleScreen,
  vt,
} from "@stoa/rtc/video";
import { useEffect, useLayoutEffect } from "preact/hooks";
import { addShortcuts } from "../../app/keyboard.ts";
import { language, t } from "../../app/texts.ts";
import { model, startSight } from "./sight.ts";

const KEYS = { camera: "V", screen: "S" };

/** The words of video are here. */
export const prepare = (): Promise<void> => prepareTexts(language);

/** The keys of camera and screen work for as long as there is a call to show them in. */
function useSightShortcuts(): void {
  const now = model.value;
  useLayoutEffect(() => {
    if (!now) return undefined;
    const group = () => t("group.call");
    const main = () => now.main.peek();
    return addShortcuts([
      { keys: "v", label: () => vt("camera.start"), group, run: () => toggleCamera(now) },
      { keys: "s", label: () => vt("screen.start"), group, run: () => toggleScreen(now) },
      {
        keys: "shift+v",
        label: () => vt("view.grow"),
        group,
        run: () => (now.isLarge.value = !now.isLarge.peek()),
        isOffered: () => main() !== null,
      },
      {
        keys: "shift+s",
        label: () => vt("snapshot.take"),
        group,
        run: () => {
          const picture = main();
          if (picture && !now.isKeeping.peek()) now.keep?.(picture);
        },
        isOffered: () => main() !== null,
      },
    ]);
  }, [now]);
}

/** The pictures of the call, below its bar; they cover nothing. */
export function Pictures() {
  useEffect(() => startSight(), []);
  useSightShortcuts();
  return model.value && <SightView model={model.value} />;
}

/** Camera and screen, in the call's own row of controls. */
export function Tools() {
  return model.value && <SightTools model={model.value} keys={KEYS} />;
}
