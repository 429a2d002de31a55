import triangle from "lucide:triangle-alert";
import close from "lucide:x";
import zap from "lucide:zap";
import { Banner, Button, Icon, IconButton } from "@stoa/ui";
import { t } from "../app/texts.ts";
import type { Composer } from "./composer-store.ts";
import { unfilled } from "./saved-replies.ts";

/** What stands in the way of sending, what is not filled in, and what happens once it is sent. */
export function Beside({ store }: { store: Composer }) {
  const { obstacle, staged, isNote, text } = store;
  const names = isNote.value ? [] : unfilled(text.value);
  const problem = obstacle.value;
  return (
    <>
      {problem && (
        <Banner
          tone="warn"
          icon={triangle}
          action={
            <Button small onClick={() => store.submit(true)}>
              {t("composer.sendAnyway")}
            </Button>
          }
        >
          {problem.is === "answered"
            ? t("composer.answered", { name: problem.name, text: problem.text })
            : t("composer.unfilled", { list: problem.names.join(", ") })}
        </Banner>
      )}
      {!problem && names.length > 0 && (
        <p class="composer-beside warn">
          <Icon of={triangle} size={14} /> {t("composer.unfilledShort", { list: names.join(", ") })}
        </p>
      )}
      {staged.value && !isNote.value && (
        <p class="composer-beside">
          <Icon of={zap} size={14} />
          <span class="grow">{t("macros.staged", { name: staged.value.name })}</span>
          <IconButton icon={close} label={t("macros.unstage")} onClick={store.unstage} />
        </p>
      )}
    </>
  );
}
