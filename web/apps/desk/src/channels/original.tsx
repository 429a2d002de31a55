import { useSignal } from "@preact/signals";
import { Button, Dialog, Skeleton } from "@stoa/ui";
import { useEffect } from "preact/hooks";
import { type Original, originalPage, rawUrl, readOriginal } from "../api/channels.ts";
import { Failed } from "../app/failed.tsx";
import { t } from "../app/texts.ts";

interface OriginalProps {
  messageId: string;
  onClose: () => void;
}

/**
 * A message as it came, in a frame that can run nothing and load nothing by itself. What it links to
 * opens as an ordinary page.
 */
export function OriginalDialog({ messageId, onClose }: OriginalProps) {
  const shown = useSignal<(Original & { inbound_id?: string }) | null>(null);
  const hasPictures = useSignal(false);
  const error = useSignal<Error | null>(null);
  async function load(pictures: boolean) {
    error.value = null;
    try {
      shown.value = await readOriginal(messageId, pictures);
      hasPictures.value = pictures;
    } catch (problem) {
      error.value = problem instanceof Error ? problem : new Error(String(problem));
    }
  }
  useEffect(() => void load(false), [messageId]);
  const found = shown.value;
  return (
    <Dialog title={t("mail.original")} closeLabel={t("action.close")} onClose={onClose} wide>
      {error.value && <Failed error={error.value} retry={() => load(false)} small />}
      {!found && !error.value && <Skeleton />}
      {found && (
        <div class="stack">
          <dl class="mail-headers">
            {found.headers.map(([name, value]) => (
              <div key={name}>
                <dt class="quiet">{name}</dt>
                <dd>{value}</dd>
              </div>
            ))}
          </dl>
          {found.blocked_picture_count > 0 && (
            <p class="row">
              {t("mail.pictures", { count: found.blocked_picture_count })}
              <Button small onClick={() => void load(true)}>
                {t("mail.showPictures")}
              </Button>
            </p>
          )}
          <iframe
            class="mail-frame"
            title={t("mail.original")}
            sandbox="allow-popups allow-popups-to-escape-sandbox"
            src={originalPage(messageId, hasPictures.value)}
          />
          {found.inbound_id && (
            <a href={rawUrl(found.inbound_id)} download>
              {t("mail.download")}
            </a>
          )}
        </div>
      )}
    </Dialog>
  );
}
