import cloudOff from "lucide:cloud-off";
import { Button, Empty } from "@stoa/ui";
import { useEffect } from "preact/hooks";
import { wordsFor } from "./form.ts";
import { onBack } from "./live.ts";
import { t } from "./texts.ts";

/** What could not be fetched and why. It is tried again on a press, and when the line is back. */
export function Failed({
  error,
  retry,
  small = false,
}: {
  error: Error;
  retry: () => unknown;
  small?: boolean;
}) {
  useEffect(() => onBack(() => void retry()), [retry]);
  return (
    <Empty icon={cloudOff} title={wordsFor(error)}>
      <Button small={small} onClick={() => void retry()}>
        {t("action.retry")}
      </Button>
    </Empty>
  );
}
