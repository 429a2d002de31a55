import ear from "lucide:ear";
import grid from "lucide:grid-3x3";
import mic from "lucide:mic";
import micOff from "lucide:mic-off";
import pause from "lucide:pause";
import phoneForwarded from "lucide:phone-forwarded";
import phoneOff from "lucide:phone-off";
import play from "lucide:play";
import sliders from "lucide:sliders-horizontal";
import userPlus from "lucide:user-plus";
import { useSignal } from "@preact/signals";
import { Badge, Button, IconButton } from "@stoa/ui";
import { now } from "../app/clock.ts";
import { formats, t } from "../app/texts.ts";
import { endOwn, openConversationOf, toggleHold, toggleRecording } from "./acts.ts";
import { ColleagueDialog } from "./colleagues.tsx";
import { DevicesDialog } from "./devices.tsx";
import { Keypad } from "./keypad.tsx";
import { Levels, Sign } from "./meters.tsx";
import { othersIn, type Seat, standingOf } from "./rules.ts";
import { type Panel, useCallShortcuts } from "./shortcuts.ts";
import { audioState, isMuted, place, toggleMute } from "./speaking.ts";
import { listenersOf, seat } from "./store.ts";
import { SupervisorActs } from "./supervising.tsx";
import { Consultation, Trouble } from "./trouble.tsx";
import { PictureTools } from "./video/gate.tsx";
import { callerName, legName } from "./words.ts";

const STANDINGS = {
  ringing: "callBar.ringing",
  connecting: "callBar.connecting",
  holding: "callBar.holding",
  held: "callBar.held",
  lost: "callBar.lost",
  talking: "callBar.talking",
} as const;

function standingWords(current: Seat): string {
  if (place.value === "here" && audioState.value === "away") return t("callBar.reconnecting");
  if (current.leg.role === "supervisor" && current.leg.mode !== "talk") {
    return t(current.leg.mode === "whisper" ? "callBar.whispering" : "callBar.listening");
  }
  return t(STANDINGS[standingOf(current)]);
}

/** Who is in the call, how it stands and for how long. The name leads back to the conversation. */
function Who({ current }: { current: Seat }) {
  const { call } = current;
  const others = othersIn(current).filter(({ role }) => role !== "customer");
  const since = Date.parse(call.answered_at ?? call.created_at);
  const names = others.filter(({ mode }) => mode === "talk").map((leg) => legName(leg, call));
  return (
    <div class="call-who">
      <button type="button" class="call-name" onClick={() => openConversationOf(call)}>
        <span>{callerName(call)}</span>
        {names.length > 0 && <span class="quiet">+ {names.join(", ")}</span>}
      </button>
      <p class="call-state">
        <span role="status">{standingWords(current)}</span>
        {call.answered_at && (
          <span class="call-time" role="timer">
            {formats().duration((now.value - since) / 1000)}
          </span>
        )}
      </p>
    </div>
  );
}

const RECORDINGS = {
  off: "record.start",
  refused: "record.start",
  asked: "record.asked",
  announced: "record.announced",
  on: "record.stop",
} as const;

function RecordButton({ current: { call } }: { current: Seat }) {
  if (call.recording_policy === "never") return null;
  const isOn = call.recording === "on" || call.recording === "announced";
  const words = call.recording === "refused" ? "record.refused" : RECORDINGS[call.recording];
  return (
    <button
      type="button"
      class={`call-record is-${call.recording}`}
      aria-pressed={isOn}
      aria-keyshortcuts="O"
      title={`${t(RECORDINGS[call.recording])} (O). ${t("record.ownVoice")}`}
      disabled={call.state !== "active" || call.recording === "refused"}
      onClick={toggleRecording}
    >
      <span class="call-record-dot" aria-hidden="true" />
      <span>{t(words)}</span>
    </button>
  );
}

/** Supervisors who hear the call, where the shop lets that be known. */
function Listeners({ current: { call, leg } }: { current: Seat }) {
  const names = listenersOf(call)
    .filter(({ id }) => id !== leg.id)
    .map(({ name }) => name);
  if (names.length === 0) return null;
  return (
    <Badge tone="warn" icon={ear}>
      {t("callBar.heardBy", { name: names.join(", ") })}
    </Badge>
  );
}

function TalkActs({ current, open }: { current: Seat; open: (panel: Panel) => void }) {
  const { call, leg } = current;
  const isActive = call.state === "active";
  return (
    <>
      <IconButton
        icon={isMuted.value ? micOff : mic}
        label={t(isMuted.value ? "callBar.unmute" : "callBar.mute")}
        shortcut="M"
        aria-pressed={isMuted.value}
        class={isMuted.value ? "is-on" : ""}
        onClick={toggleMute}
      />
      <IconButton
        icon={leg.is_held ? play : pause}
        label={t(leg.is_held ? "callBar.resume" : "callBar.hold")}
        shortcut="H"
        aria-pressed={leg.is_held}
        class={leg.is_held ? "is-on" : ""}
        disabled={!isActive}
        onClick={toggleHold}
      />
      <IconButton
        icon={grid}
        label={t("keypad.title")}
        shortcut="D"
        disabled={!isActive}
        onClick={() => open("keypad")}
      />
      <IconButton
        icon={phoneForwarded}
        label={t("colleague.transfer")}
        shortcut="X"
        disabled={!isActive}
        onClick={() => open("transfer")}
      />
      <IconButton
        icon={userPlus}
        label={t("colleague.conference")}
        shortcut="L"
        disabled={!isActive}
        onClick={() => open("conference")}
      />
      <PictureTools />
      <RecordButton current={current} />
    </>
  );
}

function endLabel({ call, leg }: Seat) {
  if (leg.role === "supervisor") return "supervise.leave";
  return call.state === "calling" ? "action.cancel" : "callBar.end";
}

/** The call this person is in: at the head of every page of the desk until it is over. */
export function CallBar() {
  const current = seat.value;
  const panel = useSignal<Panel>(null);
  useCallShortcuts((next) => (panel.value = next));
  if (!current) return null;
  const { leg } = current;
  const isListener = leg.role === "supervisor";
  const close = () => (panel.value = null);
  return (
    <section class={`call-bar is-${standingOf(current)}`} aria-label={t("callBar.label")}>
      <div class="call-row">
        <Who current={current} />
        <Listeners current={current} />
        {place.value === "here" && <Levels />}
        {place.value === "here" && <Sign />}
        <div class="call-acts" role="toolbar" aria-label={t("callBar.acts")}>
          {isListener ? (
            <SupervisorActs current={current} />
          ) : (
            <TalkActs current={current} open={(next) => (panel.value = next)} />
          )}
          <IconButton
            icon={sliders}
            label={t("devices.title")}
            onClick={() => (panel.value = "devices")}
          />
          <Button class="call-end" icon={phoneOff} aria-keyshortcuts="Q Q" onClick={endOwn}>
            <span>{t(endLabel(current))}</span>
          </Button>
        </div>
      </div>
      <Trouble />
      <Consultation current={current} />
      {panel.value === "keypad" && <Keypad onClose={close} />}
      {panel.value === "devices" && <DevicesDialog onClose={close} />}
      {(panel.value === "transfer" || panel.value === "conference") && (
        <ColleagueDialog current={current} purpose={panel.value} onClose={close} />
      )}
    </section>
  );
}
