import cloudOff from "lucide:cloud-off";
import refresh from "lucide:refresh-cw";
import { Banner, Button } from "@stoa/ui";
import { parcels } from "../conversations/outbox.ts";
import { line } from "./live.ts";
import { t } from "./texts.ts";

/** Says when the line is down or being taken up again, and what is kept meanwhile. */
export function LiveBanner() {
  const waiting = parcels.value.filter(({ state }) => state === "sending").length;
  switch (line.value) {
    case "offline":
      return (
        <Banner tone="warn" icon={cloudOff}>
          {t("live.offline")} {waiting > 0 && t("live.kept", { count: waiting })}
        </Banner>
      );
    case "refused":
      return (
        <Banner
          tone="bad"
          icon={cloudOff}
          action={
            <Button small onClick={() => location.reload()}>
              {t("live.reload")}
            </Button>
          }
        >
          {t("live.refused")}
        </Banner>
      );
    case "resuming":
      return (
        <Banner tone="action" icon={refresh}>
          {t("live.resuming")} {waiting > 0 && t("live.kept", { count: waiting })}
        </Banner>
      );
    default:
      return null;
  }
}
