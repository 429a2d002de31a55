import footprints from "lucide:footprints";
import { useSignal } from "@preact/signals";
import { Button, Icon } from "@stoa/ui";
import { useEffect, useLayoutEffect, useMemo } from "preact/hooks";
import type { ConversationRow } from "../api/conversations.ts";
import { perform, useAct } from "../app/act.ts";
import { addShortcuts } from "../app/keyboard.ts";
import { lazily } from "../app/lazy.tsx";
import { t } from "../app/texts.ts";
import { me } from "../session/store.ts";
import { Walk } from "./walk.ts";

const dialog = lazily(async () => (await import("./dialog.tsx")).WalkDialog);

/** "Come with me": where the agent leads the customer, above what they write. It is only there while
 * they walk, or were asked to; the key and the palette begin one. */
export function WalkBar({ row }: { row: ConversationRow }) {
  const walk = useMemo(() => new Walk(row.id), [row.id]);
  const isChoosing = useSignal(false);
  const act = useAct();
  useEffect(() => {
    // Without it nothing is lost but the bar; choosing a place says what is wrong.
    walk.load().catch(() => undefined);
    // Keys pressed after the one that opens it are meant for it.
    void dialog.fetch();
    return () => walk.close();
  }, [walk]);
  useLayoutEffect(
    () =>
      addShortcuts([
        {
          keys: "shift+w",
          label: () => t("walk.choose"),
          group: () => t("group.page"),
          run: () => (isChoosing.value = true),
        },
        {
          keys: "shift+e",
          label: () => t("walk.end"),
          group: () => t("group.page"),
          run: () => void perform(() => walk.end()),
          isOffered: () => walk.walk.value !== null,
        },
      ]),
    [walk, isChoosing],
  );
  const now = walk.walk.value;
  const isMine = now?.staff_id === me.value?.id;
  const words = () => {
    if (!now) return "";
    if (!isMine) return t("walk.others", { name: now.staff_name });
    return now.state === "asked"
      ? t("walk.asked", { place: now.title })
      : t("walk.at", { place: now.title });
  };
  return (
    <>
      {now && (
        <section class="walk-bar" aria-label={t("walk.label")}>
          <Icon of={footprints} size={16} />
          <span class="grow" role="status">
            {words()}
          </span>
          {isMine && (
            <>
              <Button small onClick={() => (isChoosing.value = true)}>
                {t("walk.next")}
              </Button>
              <Button
                small
                look="quiet"
                busy={act.isBusy}
                onClick={() => act.run(() => walk.end())}
              >
                {t(now.state === "asked" ? "walk.withdraw" : "walk.end")}
              </Button>
            </>
          )}
        </section>
      )}
      {isChoosing.value && (
        <dialog.View row={row} walk={walk} onClose={() => (isChoosing.value = false)} />
      )}
    </>
  );
}
