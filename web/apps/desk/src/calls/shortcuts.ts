import { useLayoutEffect } from "preact/hooks";
import { addShortcuts, type Shortcut } from "../app/keyboard.ts";
import { t } from "../app/texts.ts";
import { endOwn, openConversationOf, toggleHold, toggleRecording } from "./acts.ts";
import { place, speakHere, toggleMute } from "./speaking.ts";
import { seat } from "./store.ts";

export type Panel = "keypad" | "devices" | "transfer" | "conference" | null;

const isTalking = () => {
  const now = seat.value;
  return now?.call.state === "active" && now.leg.mode === "talk";
};

function keysOf(open: (panel: Panel) => void): Shortcut[] {
  const group = () => t("group.call");
  const both = (key: string, label: Shortcut["label"], run: () => void): Shortcut[] => [
    { keys: key, label, group, run, isOffered: isTalking },
    {
      keys: `alt+${key}`,
      label: () => t("callBar.whileTyping", { label: label() }),
      group,
      run,
      isOffered: isTalking,
      whileTyping: true,
    },
  ];
  const opens = (keys: string, label: Shortcut["label"], panel: Panel): Shortcut => ({
    keys,
    label,
    group,
    run: () => open(panel),
    isOffered: isTalking,
  });
  const offers = () => {
    const { recording_policy: policy, recording } = seat.value?.call ?? {};
    return isTalking() && policy !== "never" && recording !== "refused";
  };
  return [
    ...both("m", () => t("callBar.muteToggle"), toggleMute),
    ...both(
      "h",
      () => t("callBar.holdToggle"),
      () => void toggleHold(),
    ),
    opens("d", () => t("keypad.title"), "keypad"),
    opens("x", () => t("colleague.transfer"), "transfer"),
    opens("l", () => t("colleague.conference"), "conference"),
    {
      keys: "o",
      label: () => t("record.toggle"),
      group,
      run: () => void toggleRecording(),
      isOffered: offers,
    },
    { keys: "q q", label: () => t("callBar.end"), group, run: endOwn },
    {
      keys: "g t",
      label: () => t("callBar.toConversation"),
      group,
      run: () => {
        const now = seat.peek();
        if (now) openConversationOf(now.call);
      },
    },
    {
      keys: "shift+t",
      label: () => t("callBar.takeHere"),
      group,
      run: () => void speakHere(),
      isOffered: () => place.value === "elsewhere",
    },
  ];
}

/** The keys of a call work for as long as there is one. */
export function useCallShortcuts(open: (panel: Panel) => void): void {
  const isIn = seat.value !== null;
  useLayoutEffect(() => (isIn ? addShortcuts(keysOf(open)) : undefined), [isIn]);
}
