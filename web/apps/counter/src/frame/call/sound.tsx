import { useSignal } from "@preact/signals";
import {
  canChooseSpeaker,
  type Devices,
  isSuppressionWise,
  listDevices,
  onDevices,
} from "@stoa/rtc";
import { Checkbox, Dialog, SelectField } from "@stoa/ui";
import { useEffect } from "preact/hooks";
import { t } from "../texts.ts";
import { chooseMicrophone, chooseSpeaker, suppressNoise } from "./acts.ts";
import { Meter } from "./meter.tsx";
import { hasMicrophone, isMuted, isSuppressing, levels, sound, trouble } from "./session.ts";
import { ct } from "./texts.ts";
import { Trouble } from "./trouble.tsx";

const NONE: Devices = { microphones: [], speakers: [] };

function useDevices(): Devices {
  const devices = useSignal(NONE);
  useEffect(() => {
    const take = (now: Devices) => {
      devices.value = now;
    };
    listDevices().then(take);
    return onDevices(take);
  }, [hasMicrophone.value]);
  return devices.value;
}

function options(devices: readonly MediaDeviceInfo[], name: (number: number) => string) {
  return devices.map(({ deviceId, label }, index) => [deviceId, label || name(index + 1)] as const);
}

/** Microphone, loudspeaker and noise, with a bar that shows that the customer is heard. */
export function SoundDialog({ onClose }: { onClose: () => void }) {
  const { microphones, speakers } = useDevices();
  const now = sound();
  return (
    <Dialog title={ct("sound.title")} closeLabel={t("frame.close")} onClose={onClose}>
      <div class="stack">
        {microphones.length > 0 && (
          <SelectField
            label={ct("sound.microphone")}
            options={options(microphones, (number) => ct("sound.microphoneNumber", { number }))}
            value={now?.microphoneId ?? ""}
            onChange={(event) => chooseMicrophone(event.currentTarget.value)}
          />
        )}
        {trouble.value && <Trouble reason={trouble.value} />}
        <div class="call-level">
          <Meter levels={levels} side="own" />
          <span class="small quiet">{isMuted.value ? ct("sound.muted") : ct("sound.speak")}</span>
        </div>
        {speakers.length > 0 && canChooseSpeaker() && (
          <SelectField
            label={ct("sound.speaker")}
            options={options(speakers, (number) => ct("sound.speakerNumber", { number }))}
            value={now?.speakerId || speakers[0]?.deviceId || ""}
            onChange={(event) => chooseSpeaker(event.currentTarget.value)}
          />
        )}
        {(isSuppressionWise() || isSuppressing.value) && (
          <Checkbox
            label={ct("sound.suppress")}
            checked={isSuppressing.value}
            onChange={suppressNoise}
          />
        )}
      </div>
    </Dialog>
  );
}
