import cloudOff from "lucide:cloud-off";
import { Button, Empty, Skeleton } from "@stoa/ui";
import { useEffect } from "preact/hooks";
import { wordsFor } from "./form.ts";
import { onBack } from "./live.ts";
import type { Resource } from "./resource.ts";
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

/** Stands where something will be once it is fetched: its outline, or why it could not be. */
export function Awaited({
  of: { state, load },
  lines,
  small = false,
}: {
  of: Pick<Resource<unknown>, "state" | "load">;
  lines: number;
  small?: boolean;
}) {
  const { error } = state.value;
  return error ? <Failed error={error} retry={load} small={small} /> : <Skeleton lines={lines} />;
}
