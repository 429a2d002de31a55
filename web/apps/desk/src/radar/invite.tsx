import hand from "lucide:hand-helping";
import { useSignal } from "@preact/signals";
import { Badge, Button, TextField } from "@stoa/ui";
import type { VisitRow } from "../api/radar.ts";
import { inviteVisit } from "../api/radar.ts";
import { useAct } from "../app/act.ts";
import { go } from "../app/router.ts";
import { t } from "../app/texts.ts";

const STATES = {
  shown: ["action", "invite.shown"],
  accepted: ["good", "invite.accepted"],
  dismissed: ["neutral", "invite.dismissed"],
  expired: ["neutral", "invite.expired"],
} as const;

/** One click invites; who wants to can say it in their own words. */
export function Invite({ visit }: { visit: VisitRow }) {
  const act = useAct();
  const words = useSignal("");
  const { conversation_id: conversationId, invitation } = visit;
  if (conversationId)
    return (
      <Button look="primary" onClick={() => go({ page: "inbox", view: "all", id: conversationId })}>
        {t("visit.openConversation")}
      </Button>
    );
  return (
    <form
      class="invite"
      onSubmit={(event) => {
        event.preventDefault();
        void act.run(() => inviteVisit(visit.id, words.value.trim()));
      }}
    >
      <TextField
        label={t("invite.words")}
        hideLabel
        placeholder={t("invite.words")}
        maxLength={300}
        value={words.value}
        onInput={(event) => (words.value = event.currentTarget.value)}
      />
      <div class="row">
        <Button
          look="primary"
          type="submit"
          icon={hand}
          busy={act.isBusy}
          disabled={!visit.is_online || invitation === "shown"}
        >
          {t("invite.send")}
        </Button>
        {invitation && <Badge tone={STATES[invitation][0]}>{t(STATES[invitation][1])}</Badge>}
      </div>
    </form>
  );
}
