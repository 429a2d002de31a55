import { Dialog, Skeleton } from "@stoa/ui";
import { useEffect, useMemo } from "preact/hooks";
import { type Listening, readListenings } from "../api/calls.ts";
import { Failed } from "../app/failed.tsx";
import { resource } from "../app/resource.ts";
import { formats, t } from "../app/texts.ts";

const ACTS = {
  heard: "listening.heard",
  downloaded: "listening.downloaded",
  deleted: "listening.deleted",
  expired: "listening.expired",
  withdrawn: "listening.withdrawn",
} as const;

function Line({ act, name, at }: Listening) {
  return (
    <li class="row spread">
      <span>{[name, t(ACTS[act])].filter(Boolean).join(": ")}</span>
      <time class="quiet" dateTime={at}>
        {formats().dateTime(at)}
      </time>
    </li>
  );
}

/** Who heard a recording, took it along or deleted it, and when. */
export function ListeningsDialog({ id, onClose }: { id: string; onClose: () => void }) {
  const source = useMemo(() => resource(() => readListenings(id)), [id]);
  useEffect(() => void source.load(), [source]);
  const { value, error } = source.state.value;
  return (
    <Dialog
      title={t("recording.listenings")}
      closeLabel={t("action.close")}
      onClose={onClose}
      isReading
    >
      {error && <Failed error={error} retry={source.load} small />}
      {!value && !error && <Skeleton lines={3} />}
      {value && value.entries.length === 0 && <p class="quiet">{t("listening.nobody")}</p>}
      <ul class="stack">
        {value?.entries.map((entry) => (
          <Line key={entry.id} {...entry} />
        ))}
      </ul>
    </Dialog>
  );
}
