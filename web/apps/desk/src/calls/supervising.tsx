import ear from "lucide:ear";
import hand from "lucide:hand";
import megaphone from "lucide:message-circle-warning";
import users from "lucide:users-round";
import { Button } from "@stoa/ui";
import { useLayoutEffect } from "preact/hooks";
import type { SuperviseMode } from "../api/calls.ts";
import { addShortcuts } from "../app/keyboard.ts";
import { t } from "../app/texts.ts";
import type { Seat } from "./rules.ts";
import { supervise } from "./speaking.ts";

const MODES = [
  ["listen", "supervise.listen", ear],
  ["whisper", "supervise.whisper", megaphone],
  ["join", "supervise.join", users],
  ["take_over", "supervise.takeOver", hand],
] as const satisfies readonly (readonly [SuperviseMode, string, string])[];

function modeOf({ leg }: Seat): SuperviseMode {
  return leg.mode === "talk" ? "join" : leg.mode;
}

/** What a supervisor does in a colleague's call. */
export function SupervisorActs({ current }: { current: Seat }) {
  const { call } = current;
  useLayoutEffect(() => {
    const group = () => t("group.call");
    return addShortcuts(
      MODES.map(([mode, label], index) => ({
        keys: `alt+${index + 1}`,
        label: () => t(label),
        group,
        run: () => void supervise(call.id, mode),
        whileTyping: true,
      })),
    );
  }, [call.id]);
  return (
    <>
      {MODES.map(([mode, label, icon], index) => (
        <Button
          key={mode}
          small
          icon={icon}
          aria-pressed={mode === modeOf(current)}
          aria-keyshortcuts={`Alt+${index + 1}`}
          onClick={() => supervise(call.id, mode)}
        >
          {t(label)}
        </Button>
      ))}
    </>
  );
}
