import { useSignal } from "@preact/signals";
import { canChooseSpeaker, type Devices, listDevices, onDevices } from "@stoa/rtc";
import { Checkbox, Dialog, SelectField } from "@stoa/ui";
import { useEffect } from "preact/hooks";
import { isSoundOn, switchSound } from "../app/attention.ts";
import { t } from "../app/texts.ts";
import { Levels } from "./meters.tsx";
import {
  chooseSpeaker,
  chosenMicrophone,
  chosenSpeaker,
  isSuppressing,
  retryMicrophone,
  suppressNoise,
} from "./speaking.ts";

function options(devices: readonly MediaDeviceInfo[]): (readonly [string, string])[] {
  return devices.map(({ deviceId, label }, index) => [
    deviceId,
    label || t("devices.unnamed", { number: index + 1 }),
  ]);
}

/** Which microphone speaks, where the call is heard, and whether noise is taken out. */
export function DevicesDialog({ onClose }: { onClose: () => void }) {
  const devices = useSignal<Devices>({ microphones: [], speakers: [] });
  useEffect(() => {
    void listDevices().then((found) => {
      devices.value = found;
    });
    return onDevices((found) => {
      devices.value = found;
    });
  }, []);
  const { microphones, speakers } = devices.value;
  return (
    <Dialog title={t("devices.title")} closeLabel={t("action.close")} onClose={onClose}>
      <div class="stack">
        <SelectField
          label={t("devices.microphone")}
          value={chosenMicrophone()}
          options={options(microphones)}
          onChange={(event) => void retryMicrophone(event.currentTarget.value)}
        />
        <p class="row">
          <Levels />
          <span class="quiet">{t("devices.speakNow")}</span>
        </p>
        {canChooseSpeaker() && speakers.length > 0 && (
          <SelectField
            label={t("devices.speaker")}
            value={chosenSpeaker()}
            options={options(speakers)}
            onChange={(event) => void chooseSpeaker(event.currentTarget.value)}
          />
        )}
        <Checkbox
          label={t("devices.noise")}
          checked={isSuppressing.value}
          onChange={(isOn) => void suppressNoise(isOn)}
        />
        <Checkbox label={t("devices.ring")} checked={isSoundOn.value} onChange={switchSound} />
      </div>
    </Dialog>
  );
}
