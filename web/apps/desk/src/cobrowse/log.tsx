import type { ActionView } from "@stoa/protocol";
import { Skeleton } from "@stoa/ui";
import { useEffect, useMemo } from "preact/hooks";
import { Failed } from "../app/failed.tsx";
import { http } from "../app/http.ts";
import { resource } from "../app/resource.ts";
import { formats, t } from "../app/texts.ts";
import { refusalWords } from "./ends.ts";

const readActions = (id: string): Promise<{ items: readonly ActionView[] }> =>
  http.get(`/api/desk/cobrowse/${id}/actions`);

function words({ kind, target, outcome, reason }: ActionView): string {
  const name = target || t("cobrowse.unnamed");
  const did =
    kind === "click" ? t("cobrowse.deed.click", { name }) : t("cobrowse.deed.fill", { name });
  return outcome === "refused" ? `${did}: ${refusalWords(reason)}` : did;
}

/** What the agent did in the customer's page, never what was written there. */
export function ActionLog({ sessionId }: { sessionId: string }) {
  const log = useMemo(() => resource(() => readActions(sessionId)), [sessionId]);
  useEffect(() => void log.load(), [log]);
  const { value, error } = log.state.value;
  if (error) return <Failed error={error} retry={log.load} small />;
  if (!value) return <Skeleton lines={2} />;
  return (
    <ol class="action-log">
      {value.items.map((action) => (
        <li key={action.id}>
          <time class="quiet" dateTime={action.at}>
            {formats().time(action.at)}
          </time>{" "}
          {words(action)}
        </li>
      ))}
    </ol>
  );
}
