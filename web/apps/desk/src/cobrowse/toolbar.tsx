import draw from "lucide:brush";
import stopIcon from "lucide:eye-off";
import hand from "lucide:hand";
import handOff from "lucide:hand-grab";
import grow from "lucide:maximize-2";
import shrink from "lucide:minimize-2";
import point from "lucide:mouse-pointer-2";
import mark from "lucide:square-dashed-mouse-pointer";
import type { Signal } from "@preact/signals";
import { Badge, Button, IconButton } from "@stoa/ui";
import { useLayoutEffect } from "preact/hooks";
import { perform, useAct } from "../app/act.ts";
import { addShortcuts } from "../app/keyboard.ts";
import { t } from "../app/texts.ts";
import type { Pointer, Tool } from "./pointing.ts";
import type { Watch } from "./watch.ts";

interface Props {
  watch: Watch;
  pointer: Pointer;
  isFullSize: Signal<boolean>;
}

const TOOLS = [
  { tool: "point", keys: "shift+p", icon: point, label: "cobrowse.tool.point" },
  { tool: "mark", keys: "shift+h", icon: mark, label: "cobrowse.tool.mark" },
  { tool: "draw", keys: "shift+d", icon: draw, label: "cobrowse.tool.draw" },
] as const;

function focusStage() {
  document.querySelector<HTMLElement>("[data-replica-overlay]")?.focus();
}

function useKeys({ watch, pointer, isFullSize }: Props) {
  useLayoutEffect(() => {
    const group = () => t("group.page");
    const choose = (tool: Tool) => () => {
      pointer.choose(tool);
      focusStage();
    };
    const control = () => watch.session.peek()?.control;
    return addShortcuts([
      { keys: "p", label: () => t("cobrowse.focus"), group, run: focusStage },
      ...TOOLS.map(({ tool, keys, label }) => ({
        keys,
        label: () => t(label),
        group,
        run: choose(tool),
      })),
      {
        keys: "shift+c",
        label: () => t(control() === "given" ? "cobrowse.release" : "cobrowse.askControl"),
        group,
        run: () =>
          void perform(() => (control() === "given" ? watch.releaseControl() : watch.askControl())),
      },
      {
        keys: "shift+f",
        label: () => t("cobrowse.size"),
        group,
        run: () => (isFullSize.value = !isFullSize.peek()),
      },
      {
        keys: "shift+x",
        label: () => t("cobrowse.stop"),
        group,
        run: () => void perform(() => watch.stop()),
      },
    ]);
  }, [watch, pointer, isFullSize]);
}

/** Where the customer is, and what the agent does there: point, mark, draw, act, stop. */
export function Toolbar({ watch, pointer, isFullSize }: Props) {
  useKeys({ watch, pointer, isFullSize });
  const page = watch.page.value;
  const tool = pointer.tool.value;
  return (
    <header class="replica-bar">
      <div class="replica-where">
        <strong>{page?.title || t("cobrowse.title")}</strong>
        <span class="quiet replica-address">{page?.url}</span>
      </div>
      <div class="replica-tools" role="toolbar" aria-label={t("cobrowse.tools")}>
        {TOOLS.map((entry) => (
          <IconButton
            key={entry.tool}
            icon={entry.icon}
            label={t(entry.label)}
            shortcut={entry.keys
              .replace("shift+", "Shift+")
              .replace(/.$/, (key) => key.toUpperCase())}
            aria-pressed={tool === entry.tool}
            onClick={() => pointer.choose(entry.tool)}
          />
        ))}
        <Control watch={watch} pointer={pointer} />
        <IconButton
          icon={isFullSize.value ? shrink : grow}
          label={t("cobrowse.size")}
          shortcut="Shift+F"
          aria-pressed={isFullSize.value}
          onClick={() => (isFullSize.value = !isFullSize.peek())}
        />
        <IconButton
          icon={stopIcon}
          tone="danger"
          label={t("cobrowse.stop")}
          shortcut="Shift+X"
          onClick={() => void perform(() => watch.stop())}
        />
      </div>
    </header>
  );
}

function Control({ watch, pointer }: { watch: Watch; pointer: Pointer }) {
  const act = useAct();
  const control = watch.session.value?.control;
  if (control === "asked") return <Badge tone="action">{t("cobrowse.controlAsked")}</Badge>;
  if (control !== "given") {
    return (
      <Button small icon={hand} busy={act.isBusy} onClick={() => act.run(() => watch.askControl())}>
        {t("cobrowse.askControl")}
      </Button>
    );
  }
  return (
    <>
      <IconButton
        icon={hand}
        label={t("cobrowse.tool.act")}
        aria-pressed={pointer.tool.value === "act"}
        onClick={() => pointer.choose("act")}
      />
      <Button
        small
        icon={handOff}
        busy={act.isBusy}
        onClick={() => act.run(() => watch.releaseControl())}
      >
        {t("cobrowse.release")}
      </Button>
    </>
  );
}
