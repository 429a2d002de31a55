import keys from "lucide:grip";
import mic from "lucide:mic";
import micOff from "lucide:mic-off";
import pause from "lucide:pause";
import phone from "lucide:phone";
import phoneOff from "lucide:phone-off";
import play from "lucide:play";
import dials from "lucide:settings-2";
import signal3 from "lucide:signal-high";
import signal1 from "lucide:signal-low";
import signal2 from "lucide:signal-medium";
import { useSignal } from "@preact/signals";
import { Button, Icon, IconButton } from "@stoa/ui";
import { useEffect } from "preact/hooks";
import { call } from "../calls.ts";
import { serverNow } from "../line.ts";
import { formats } from "../texts.ts";
import { view } from "../view.ts";
import { hangUp, hold, mute, retryMicrophone } from "./acts.ts";
import { Keypad } from "./keypad.tsx";
import { Recording } from "./recording.tsx";
import { Refused } from "./refused.tsx";
import {
  audioState,
  hasMicrophone,
  isAsking,
  isBlocked,
  isMuted,
  ownLeg,
  partner,
  phase,
  sound,
  takeHere,
  trouble,
  verdict,
} from "./session.ts";
import { standing } from "./sign.ts";
import { stage, tools } from "./slots.ts";
import { SoundDialog } from "./sound.tsx";
import { ct } from "./texts.ts";
import { Trouble } from "./trouble.tsx";

const SIGNS = { good: signal3, fair: signal2, poor: signal1 };

function Duration({ since }: { since: string }) {
  const seconds = () => (serverNow() - Date.parse(since)) / 1_000;
  const now = useSignal(seconds());
  useEffect(() => {
    const timer = setInterval(() => {
      now.value = seconds();
    }, 1_000);
    return () => clearInterval(timer);
  }, [since]);
  // A screen reader asks for it; it is not read every second.
  return (
    <span class="call-time" role="timer">
      {formats.value.duration(now.value)}
    </span>
  );
}

function Quality() {
  const now = verdict.value;
  if (audioState.value !== "connected" || !now) return null;
  const label = ct(`quality.${now}`);
  return (
    <span class={`call-quality is-${now}`} role="img" aria-label={label} title={label}>
      <Icon of={SIGNS[now]} size={18} />
    </span>
  );
}

/** What stands in the way of hearing each other, one thing at a time. */
function Hindrance() {
  if (audioState.value === "away") {
    return (
      <p class="call-note is-warn" role="status">
        {ct("line.awayLong")}
      </p>
    );
  }
  if (isBlocked.value) {
    return (
      <div class="call-note is-warn" role="alert">
        <Button small look="primary" onClick={() => sound()?.unblock()}>
          {ct("line.unblock")}
        </Button>
      </div>
    );
  }
  if (!hasMicrophone.value && !isAsking.value) {
    return (
      <div class="call-note is-warn">
        {trouble.value ? <Trouble reason={trouble.value} /> : <p>{ct("bar.listening")}</p>}
        <Button small onClick={retryMicrophone}>
          {ct("trouble.again")}
        </Button>
      </div>
    );
  }
  const others = call.value?.legs.filter((leg) => leg.role === "agent") ?? [];
  const text = ownLeg.value?.is_held
    ? ct("bar.held")
    : others.length > 0 && others.every((leg) => leg.state === "away")
      ? ct("line.otherAway", { name: partner.value })
      : "";
  return text ? (
    <p class="call-note" role="status">
      {text}
    </p>
  ) : null;
}

function Talking() {
  const isKeying = useSignal(false);
  const isChoosing = useSignal(false);
  const isHeld = ownLeg.value?.is_held ?? false;
  const answered = call.value?.answered_at;
  return (
    <section class="call-bar" aria-label={ct("bar.title", { name: partner.value })}>
      <div class="call-who">
        <Quality />
        <strong class="one-line">{partner.value}</strong>
        {answered && <Duration since={answered} />}
      </div>
      <div class="call-tools">
        <IconButton
          icon={isMuted.value ? micOff : mic}
          label={isMuted.value ? ct("bar.unmute") : ct("bar.mute")}
          aria-pressed={isMuted.value}
          disabled={!hasMicrophone.value}
          onClick={() => mute(!isMuted.value)}
        />
        <IconButton
          icon={isHeld ? play : pause}
          label={isHeld ? ct("bar.resume") : ct("bar.hold")}
          aria-pressed={isHeld}
          onClick={hold}
        />
        <IconButton
          icon={keys}
          label={ct("bar.keypad")}
          aria-expanded={isKeying.value}
          onClick={() => {
            isKeying.value = !isKeying.value;
          }}
        />
        <IconButton
          icon={dials}
          label={ct("sound.title")}
          onClick={() => {
            isChoosing.value = true;
          }}
        />
        {tools.value.map((Tool, index) => (
          <Tool key={index} />
        ))}
        <button type="button" class="call-end" title={ct("bar.end")} onClick={hangUp}>
          <Icon of={phoneOff} size={18} />
          <span>{ct("bar.end")}</span>
        </button>
      </div>
      {isKeying.value && <Keypad />}
      <Hindrance />
      <Recording />
      {isChoosing.value && (
        <SoundDialog
          onClose={() => {
            isChoosing.value = false;
          }}
        />
      )}
    </section>
  );
}

/** A call that is on but has its own view elsewhere, or another tab, in one line. */
function Short({ text, label, run }: { text: string; label: string; run: () => void }) {
  return (
    <section class="call-bar is-short" aria-label={text}>
      <Icon of={phone} size={18} />
      <span class="call-standing">{text}</span>
      <Button small onClick={run}>
        {label}
      </Button>
    </section>
  );
}

/** The call above whatever else the panel shows. */
export function CallBar() {
  const now = phase.value;
  const Stage = stage.value;
  if (now === "talking") {
    return (
      <>
        <Talking />
        {Stage && <Stage />}
        <Refused />
      </>
    );
  }
  if (view.value === "call") return null;
  const back = () => {
    view.value = "call";
  };
  if (now === "elsewhere") {
    return <Short text={ct("elsewhere.title")} label={ct("elsewhere.take")} run={takeHere} />;
  }
  if (now === "waiting") return <Short text={standing()} label={ct("bar.show")} run={back} />;
  if (now === "voicemail" || now === "callback") {
    return <Short text={ct(`${now}.title`)} label={ct("bar.show")} run={back} />;
  }
  return null;
}
