import { Button, Dialog } from "@stoa/ui";
import { t } from "./texts.ts";
import { answer, isAsked } from "./unsaved.ts";

/** Asks before somebody leaves what they have not saved. */
export function UnsavedQuestion() {
  if (!isAsked()) return null;
  const stay = () => answer(false);
  return (
    <Dialog
      title={t("unsaved.title")}
      closeLabel={t("action.close")}
      onClose={stay}
      actions={
        <>
          <Button look="danger" onClick={() => answer(true)}>
            {t("unsaved.leave")}
          </Button>
          <Button look="primary" autofocus onClick={stay}>
            {t("unsaved.stay")}
          </Button>
        </>
      }
    >
      <p>{t("unsaved.text")}</p>
    </Dialog>
  );
}
