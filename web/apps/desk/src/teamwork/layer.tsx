import { AssignDialog } from "./assign-dialog.tsx";
import { asked } from "./gate.tsx";
import { MacroDialog } from "./macro-dialog.tsx";
import { SnoozeDialog } from "./snooze-dialog.tsx";
import { TagDialog } from "./tag-dialog.tsx";
import { ViewDialog } from "./view-dialog.tsx";

/** The dialog that is open, if one is. */
export function Layer() {
  const now = asked.value;
  if (!now) return null;
  const close = () => {
    asked.value = null;
  };
  switch (now.what) {
    case "tags":
      return <TagDialog ids={now.ids} onClose={close} />;
    case "snooze":
      return <SnoozeDialog ids={now.ids} onClose={close} />;
    case "assign":
      return <AssignDialog ids={now.ids} onClose={close} />;
    case "macros":
      return <MacroDialog ids={now.ids} onClose={close} />;
    case "view":
      return <ViewDialog id={now.ids[0] ?? null} onClose={close} />;
  }
}
