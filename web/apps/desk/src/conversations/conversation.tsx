import cloudOff from "lucide:cloud-off";
import { Banner, Button, Skeleton } from "@stoa/ui";
import { useEffect, useMemo } from "preact/hooks";
import { useAct } from "../app/act.ts";
import { Failed } from "../app/failed.tsx";
import { wordsFor } from "../app/form.ts";
import type { View } from "../app/router.ts";
import { t } from "../app/texts.ts";
import { me } from "../session/store.ts";
import { Watchers } from "../teamwork/watchers.tsx";
import { WalkBar } from "../walks/bar.tsx";
import { Composer } from "./composer.tsx";
import { ConversationHead } from "./head.tsx";
import { attendTo } from "./reading.ts";
import { titleOf } from "./row.tsx";
import { conversationOf, openThread, reopen, type Thread } from "./thread-store.ts";
import { TimelineView } from "./timeline-view.tsx";

/** The middle pane: one conversation. */
export function Conversation({ id, view }: { id: string; view: View }) {
  const thread = useMemo(() => openThread(id, me.peek()?.id), [id]);
  useEffect(() => {
    void thread.load();
    return thread.close;
  }, [thread]);
  const row = conversationOf(id);
  const error = thread.error.value;
  if (error && !row) return <Failed error={error} retry={thread.load} />;
  if (!row) return <Skeleton lines={8} />;
  return (
    <section
      class="conversation"
      aria-label={titleOf(row)}
      onFocusIn={() => attendTo(id)}
      onPointerDown={() => attendTo(id)}
    >
      <ConversationHead row={row} view={view} />
      {error && (
        <Banner tone="warn" icon={cloudOff} action={<Retry thread={thread} />}>
          {wordsFor(error)}
        </Banner>
      )}
      <Watchers looking={thread.looking} />
      <TimelineView thread={thread} row={row} />
      {row.visitor_id && row.state === "open" && <WalkBar key={`walk-${id}`} row={row} />}
      {row.state === "closed" ? (
        <ClosedBar id={id} />
      ) : (
        <Composer key={id} row={row} thread={thread} />
      )}
    </section>
  );
}

function Retry({ thread }: { thread: Thread }) {
  return (
    <Button small onClick={thread.load}>
      {t("action.retry")}
    </Button>
  );
}

function ClosedBar({ id }: { id: string }) {
  const act = useAct();
  return (
    <div class="closed-bar">
      <span class="quiet">{t("conversation.isClosed")}</span>
      <Button busy={act.isBusy} onClick={() => act.run(() => reopen(id))}>
        {t("conversation.reopen")}
      </Button>
    </div>
  );
}
