import arrowDown from "lucide:arrow-down";
import { Button, Icon, Skeleton } from "@stoa/ui";
import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import type { ConversationRow } from "../api/conversations.ts";
import { formats, t } from "../app/texts.ts";
import { MessageView, OutgoingView } from "./message.tsx";
import { dispatch, drop, parcels } from "./outbox.ts";
import { titleOf } from "./row.tsx";
import { carry, type Thread, type Typist } from "./thread-store.ts";
import { entriesOf } from "./timeline.ts";

const NEAR_PX = 80;

function TypingLine({ typists, customer }: { typists: readonly Typist[]; customer: string }) {
  return (
    <>
      {typists.map(({ name, isCustomer, draft }) =>
        isCustomer && draft ? (
          <article key="draft" class="message theirs is-first is-draft">
            <div class="bubble">
              <p class="message-text">{draft}</p>
              <footer class="message-foot">{t("typing.draft", { name: customer })}</footer>
            </div>
          </article>
        ) : (
          <p key={name ?? "customer"} class="typing-line">
            <span class="dots" aria-hidden="true" />
            {t("typing.writes", { name: isCustomer ? customer : (name ?? "") })}
          </p>
        ),
      )}
    </>
  );
}

/** The conversation from old to new. It stays at the end while the reader is there, and offers the
 * way down when something arrives while they read further up. */
export function TimelineView({ thread, row }: { thread: Thread; row: ConversationRow }) {
  const box = useRef<HTMLDivElement>(null);
  const [isAtEnd, setAtEnd] = useState(true);
  const heightBefore = useRef(0);
  const messages = thread.messages.value;
  const mine = parcels.value.filter(({ conversationId }) => conversationId === thread.id);
  const entries = entriesOf(messages, mine, formats().date);
  const typists = [...thread.typists.value.values()];
  const customer = titleOf(row);

  useLayoutEffect(() => {
    // Whatever makes the content grow (a message, a picture, the composer), the end stays in sight.
    const element = box.current;
    if (!element || !isAtEnd) return;
    const toEnd = () => {
      element.scrollTop = element.scrollHeight;
    };
    toEnd();
    const observer = new ResizeObserver(toEnd);
    observer.observe(element);
    if (element.firstElementChild) observer.observe(element.firstElementChild);
    return () => observer.disconnect();
  }, [isAtEnd]);

  useLayoutEffect(() => {
    // Older messages were put above: what the reader looks at stays where it is.
    const element = box.current;
    if (!element || !heightBefore.current) return;
    element.scrollTop += element.scrollHeight - heightBefore.current;
    heightBefore.current = 0;
  }, [messages[0]?.id]);

  useEffect(() => {
    const show = () => thread.show(isAtEnd && !document.hidden);
    show();
    document.addEventListener("visibilitychange", show);
    return () => document.removeEventListener("visibilitychange", show);
  }, [messages.length, isAtEnd, thread]);

  const loadOlder = () => {
    heightBefore.current = box.current?.scrollHeight ?? 0;
    void thread.loadOlder();
  };

  return (
    <div class="timeline-frame">
      <div
        ref={box}
        class="timeline"
        // A scrolling region has to be reachable by keyboard.
        tabIndex={0}
        role="log"
        aria-label={t("timeline.label", { name: customer })}
        onScroll={({ currentTarget: it }) =>
          setAtEnd(it.scrollHeight - it.scrollTop - it.clientHeight < NEAR_PX)
        }
      >
        <div class="timeline-content">
          {thread.before.value && (
            <div class="timeline-more">
              <Button small busy={thread.isLoading.value} onClick={loadOlder}>
                {t("timeline.older")}
              </Button>
            </div>
          )}
          {messages.length === 0 && thread.isLoading.value && <Skeleton lines={6} />}
          {entries.map((entry) => {
            switch (entry.is) {
              case "day":
                return (
                  <p key={entry.key} class="day-line">
                    <span>{formats().date(entry.at)}</span>
                  </p>
                );
              case "message":
                return (
                  <MessageView
                    key={entry.key}
                    message={entry.message}
                    isFirst={entry.isFirst}
                    customerName={customer}
                    readSeq={thread.readSeq.value}
                  />
                );
              case "outgoing":
                return (
                  <OutgoingView
                    key={entry.key}
                    outgoing={entry.outgoing}
                    onRetry={() => {
                      const parcel = mine.find(({ clientId }) => clientId === entry.key);
                      if (parcel) void dispatch(parcel, carry);
                    }}
                    onDrop={() => drop(entry.key)}
                  />
                );
            }
          })}
          <TypingLine typists={typists} customer={customer} />
        </div>
      </div>
      {!isAtEnd && (
        <button
          type="button"
          class="to-end"
          aria-label={t("timeline.toEnd")}
          title={t("timeline.toEnd")}
          onClick={() => {
            const element = box.current;
            if (element) element.scrollTop = element.scrollHeight;
          }}
        >
          <Icon of={arrowDown} />
        </button>
      )}
    </div>
  );
}
