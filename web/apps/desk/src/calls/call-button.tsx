import phone from "lucide:phone";
import { Button } from "@stoa/ui";
import { useLayoutEffect } from "preact/hooks";
import type { ConversationRow } from "../api/conversations.ts";
import { useAct } from "../app/act.ts";
import { addShortcuts } from "../app/keyboard.ts";
import { t } from "../app/texts.ts";
import { visitOfVisitor } from "../radar/store.ts";
import { callCustomer } from "./gate.tsx";
import { areCallsLoaded, callIn, seat } from "./store.ts";

/** Calls the customer's page, while there is one to ring. */
export function CallButton({ row }: { row: ConversationRow }) {
  const act = useAct();
  const isThere = visitOfVisitor(row.visitor_id)?.is_online ?? false;
  const isOffered =
    areCallsLoaded.value && isThere && !seat.value && !callIn(row.id) && row.state === "open";
  const start = () => act.run(() => callCustomer(row.id));
  useLayoutEffect(() => {
    if (!isOffered) return;
    const group = () => t("group.call");
    return addShortcuts([{ keys: "c", label: () => t("callCustomer.act"), group, run: start }]);
  }, [isOffered, row.id]);
  if (!isOffered) return null;
  return (
    <Button
      small
      icon={phone}
      busy={act.isBusy}
      aria-label={t("callCustomer.act")}
      aria-keyshortcuts="C"
      onClick={start}
    >
      {/* Where there is little room, the customer's name needs it more. */}
      <span class="wide-only">{t("callCustomer.act")}</span>
    </Button>
  );
}
