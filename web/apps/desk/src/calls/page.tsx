import check from "lucide:check";
import coffee from "lucide:coffee";
import ear from "lucide:ear";
import hand from "lucide:hand";
import whisper from "lucide:message-circle-warning";
import phone from "lucide:phone";
import users from "lucide:users-round";
import { Avatar, Badge, Button, Empty, Skeleton } from "@stoa/ui";
import { type CallRow, closeCallback, type SuperviseMode } from "../api/calls.ts";
import { useAct } from "../app/act.ts";
import { now } from "../app/clock.ts";
import { Failed } from "../app/failed.tsx";
import { SinglePane } from "../app/panes.tsx";
import { formats, t } from "../app/texts.ts";
import { visitOfVisitor } from "../radar/store.ts";
import { placeWords } from "../radar/words.ts";
import { mayActAs } from "../session/store.ts";
import { callCustomer, superviseCall } from "./gate.tsx";
import {
  areCallsLoaded,
  callbacks,
  callsError,
  listenersOf,
  reloadCalls,
  seat,
  talks,
  waiting,
} from "./store.ts";
import { callerName, stateWords } from "./words.ts";

function since(moment: string): string {
  return formats().duration((now.value - Date.parse(moment)) / 1000);
}

function Where({ call }: { call: CallRow }) {
  const visit = visitOfVisitor(call.visitor_id);
  const words = visit ? placeWords(visit) : call.page_url;
  return <span class="quiet block">{words || t("visit.noPage")}</span>;
}

function Caller({ call }: { call: CallRow }) {
  return (
    <span class="grow">
      <a class="card-title" href={`/desk/inbox/all/${call.conversation_id}`}>
        {callerName(call)}
      </a>
      <Where call={call} />
    </span>
  );
}

function Tags({ call }: { call: CallRow }) {
  return (
    <>
      <Badge>{formats().languageName(call.locale)}</Badge>
      {call.skill && <Badge>{call.skill}</Badge>}
    </>
  );
}

function WaitingRow({ call, position }: { call: CallRow; position: number }) {
  const seconds = (now.value - Date.parse(call.queued_at ?? call.created_at)) / 1000;
  const tone = seconds > 120 ? "bad" : seconds > 45 ? "warn" : "neutral";
  return (
    <li class="block-row">
      <span class="call-position" title={t("calls.position", { position })}>
        {position}
      </span>
      <Caller call={call} />
      <Tags call={call} />
      <Badge>{stateWords(call)}</Badge>
      <Badge tone={tone}>{formats().duration(seconds)}</Badge>
    </li>
  );
}

function CallbackRow({ call }: { call: CallRow }) {
  const act = useAct();
  const isThere = visitOfVisitor(call.visitor_id)?.is_online ?? false;
  return (
    <li class="block-row">
      <Avatar name={callerName(call)} isPresent={isThere} />
      <Caller call={call} />
      <Tags call={call} />
      <span class="quiet">
        {t("calls.since", { time: formats().relative(call.queued_at ?? call.created_at) })}
      </span>
      {call.callback_phone && (
        <a href={`tel:${call.callback_phone.replace(/[^+\d]/g, "")}`}>{call.callback_phone}</a>
      )}
      <Button
        small
        look="primary"
        icon={phone}
        busy={act.isBusy}
        disabled={!isThere || seat.value !== null}
        title={isThere ? undefined : t("calls.awayFromPage")}
        onClick={() => act.run(() => callCustomer(call.conversation_id, call.id))}
      >
        {t("calls.callBack")}
      </Button>
      <Button small icon={check} onClick={() => act.run(() => closeCallback(call.id))}>
        {t("calls.done")}
      </Button>
    </li>
  );
}

const MODES = [
  ["listen", "supervise.listen", ear],
  ["whisper", "supervise.whisper", whisper],
  ["join", "supervise.join", users],
  ["take_over", "supervise.takeOver", hand],
] as const satisfies readonly (readonly [SuperviseMode, string, string])[];

function TalkRow({ call }: { call: CallRow }) {
  const act = useAct();
  const names = call.legs
    .filter(({ role, mode, state }) => role !== "customer" && mode === "talk" && state !== "left")
    .map(({ name }) => name);
  const listeners = listenersOf(call).map(({ name }) => name);
  return (
    <li class="block-row">
      <Avatar name={callerName(call)} />
      <Caller call={call} />
      <span>{t("calls.with", { names: names.join(", ") })}</span>
      <Tags call={call} />
      {call.recording === "on" && <Badge tone="bad">{t("calls.recorded")}</Badge>}
      {listeners.length > 0 && (
        <Badge tone="warn" icon={ear}>
          {listeners.join(", ")}
        </Badge>
      )}
      <span class="call-time">{since(call.answered_at ?? call.created_at)}</span>
      {mayActAs("supervisor") && seat.value?.call.id !== call.id && (
        <span class="row wrap" role="group" aria-label={t("supervise.label")}>
          {MODES.map(([mode, label, icon]) => (
            <Button
              key={mode}
              small
              icon={icon}
              disabled={seat.value !== null || act.isBusy}
              onClick={() => act.run(() => superviseCall(call.id, mode))}
            >
              {t(label)}
            </Button>
          ))}
        </span>
      )}
    </li>
  );
}

function Lists() {
  const isQuiet = waiting.value.length + callbacks.value.length + talks.value.length === 0;
  if (isQuiet) {
    return (
      <Empty icon={coffee} title={t("calls.none")}>
        {t("calls.noneNext")}
      </Empty>
    );
  }
  return (
    <div class="page page-wide">
      <section>
        <h2>{t("calls.waiting")}</h2>
        {waiting.value.length === 0 && <p class="quiet">{t("calls.nobodyWaits")}</p>}
        <ol class="block-list">
          {waiting.value.map((call, index) => (
            <WaitingRow key={call.id} call={call} position={index + 1} />
          ))}
        </ol>
      </section>
      {callbacks.value.length > 0 && (
        <section>
          <h2>{t("calls.callbacks")}</h2>
          <ul class="block-list">
            {callbacks.value.map((call) => (
              <CallbackRow key={call.id} call={call} />
            ))}
          </ul>
        </section>
      )}
      {mayActAs("supervisor") && (
        <section>
          <h2>{t("calls.live")}</h2>
          {talks.value.length === 0 && <p class="quiet">{t("calls.nobodyTalks")}</p>}
          <ul class="block-list">
            {talks.value.map((call) => (
              <TalkRow key={call.id} call={call} />
            ))}
          </ul>
        </section>
      )}
    </div>
  );
}

/** Who waits on the line, who waits to be called back, and (for supervisors) who talks. */
export function CallsPage() {
  return (
    <SinglePane>
      <header class="pane-head">
        <h1>{t("nav.calls")}</h1>
      </header>
      {areCallsLoaded.value ? (
        <Lists />
      ) : callsError.value ? (
        <Failed error={callsError.value} retry={reloadCalls} />
      ) : (
        <Skeleton lines={5} />
      )}
    </SinglePane>
  );
}
