import { effect, untracked } from "@preact/signals";
import { createRinger } from "@stoa/rtc";
import { isSoundOn, noticeOf, ringingName } from "../app/attention.ts";
import { t } from "../app/texts.ts";
import type { Ringing } from "./rules.ts";
import { rings, seat } from "./store.ts";
import { turn } from "./turn.ts";
import { callerName } from "./words.ts";

/** Tabs that hear of a call at the same moment settle first which of them rings. */
const SETTLED_MS = 250;

/** Of all tabs of this desk the one looked at last rings. */
const bell = turn("stoa.desk.bell");

function noticeFor({ call }: Ringing): () => void {
  const notice = noticeOf(t("ring.calls", { name: callerName(call) }), t("ring.notice"), true);
  if (!notice) return () => {};
  notice.onclick = () => {
    focus();
    notice.close();
  };
  return () => notice.close();
}

/** Rings for as long as a call rings here: sound, notification, the window's title. */
export function startRinging(): () => void {
  const ringer = createRinger();
  let timer = 0;
  let stopNotice = () => {};
  let noticed: string | null = null;
  const onFocus = () => void bell.take();
  if (document.hasFocus()) onFocus();
  addEventListener("focus", onFocus);
  const stopSound = effect(() => {
    const isHeard = rings.value.length > 0 && !seat.value && bell.isMine.value && isSoundOn.value;
    clearTimeout(timer);
    if (isHeard) timer = window.setTimeout(ringer.start, SETTLED_MS);
    else ringer.stop();
  });
  const stopWords = effect(() => {
    const [first] = rings.value;
    ringingName.value = first ? callerName(first.call) : null;
    const id = first && bell.isMine.value ? first.offer.id : null;
    untracked(() => {
      if (id === noticed) return;
      noticed = id;
      stopNotice();
      stopNotice = first && id && !document.hasFocus() ? noticeFor(first) : () => {};
    });
  });
  // Who lost the bell to another tab is next in line for it.
  const stopLine = effect(() => {
    if (!bell.isMine.value) untracked(() => document.hasFocus() || bell.wait());
  });
  return () => {
    removeEventListener("focus", onFocus);
    for (const stop of [stopSound, stopWords, stopLine]) stop();
    clearTimeout(timer);
    stopNotice();
    ringer.stop();
    bell.drop();
    ringingName.value = null;
  };
}
