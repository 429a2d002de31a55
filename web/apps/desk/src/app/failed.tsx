import cloudOff from "lucide:cloud-off";
import { Button, Empty, Skeleton } from "@stoa/ui";
import { useEffect, useRef } from "preact/hooks";
import { wordsFor } from "./form.ts";
import { Problem } from "./http.ts";
import { line, onBack } from "./live.ts";
import type { Resource } from "./resource.ts";
import { t } from "./texts.ts";

/* How long the words stand before it is asked for again. */
const AGAIN_MS = 5000;

/** Whether the same question may be answered another time: the server did not refuse it. */
function isPassing(error: Error): boolean {
  return !(error instanceof Problem) || error.status === 429 || error.status >= 500;
}

/** What could not be fetched and why. It is tried again on a press, when the line is back, and by
 * itself while the line is up: a server that was slow once is not a reason to stay without it. */
export function Failed({
  error,
  retry,
  small = false,
}: {
  error: Error;
  retry: () => unknown;
  small?: boolean;
}) {
  const again = useRef(retry);
  again.current = retry;
  useEffect(() => onBack(() => void again.current()), []);
  const isDue = line.value === "live" && isPassing(error);
  useEffect(() => {
    if (!isDue) return;
    const timer = setTimeout(() => void again.current(), AGAIN_MS);
    return () => clearTimeout(timer);
  }, [isDue, error]);
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
