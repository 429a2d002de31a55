import down from "lucide:arrow-down";
import { effect, useSignal } from "@preact/signals";
import { Button, Icon } from "@stoa/ui";
import { useEffect, useLayoutEffect, useRef } from "preact/hooks";
import { boot } from "./boot.ts";
import { Bubble, PendingBubble } from "./bubble.tsx";
import { CardView } from "./cards.tsx";
import { conversation, fetchOlder, markRead, messages, older, pending, typist } from "./chat.ts";
import { isShown } from "./host.ts";
import { With } from "./later.tsx";
import { ratings } from "./parts.ts";
import { formats, region, t, wordsFor } from "./texts.ts";
import { type Day, type Group, grouped } from "./timeline.ts";
import type { MessageView, SystemFact } from "./types.ts";

/** So close to the end that new messages pull the view along. */
const NEAR_END_PX = 80;

function dayName(at: Date): string {
  const days = Math.round((startOfDay(new Date()) - startOfDay(at)) / 86_400_000);
  if (days === 0) return t("chat.today");
  if (days === 1) return t("chat.yesterday");
  const options: Intl.DateTimeFormatOptions = { weekday: "long", day: "numeric", month: "long" };
  return new Intl.DateTimeFormat(region.value, options).format(at);
}

function startOfDay(at: Date): number {
  return new Date(at.getFullYear(), at.getMonth(), at.getDate()).getTime();
}

function SystemLine({ message }: { message: MessageView }) {
  if (message.card?.type === "cobrowse") {
    return (
      <li class="fact">
        <CardView card={message.card} />
      </li>
    );
  }
  const { card } = message;
  if (card?.type === "rating") {
    return card.is_withdrawn ? null : (
      <li class="rating">
        <With of={ratings}>{({ RatingView }) => <RatingView card={card} />}</With>
      </li>
    );
  }
  const fact = card as SystemFact | null;
  const name = fact?.staff_name ?? boot.shop_name;
  const words = fact && wordsFor(`message.system.${fact.fact}`, { name });
  return words ? <li class="fact">{words}</li> : null;
}

function GroupView({ group }: { group: Group }) {
  const isHouse = group.sender === "system" && group.messages[0]?.kind === "text";
  if (group.sender === "system" && !isHouse) {
    return group.messages.map((one) => <SystemLine key={one.id} message={one} />);
  }
  const isMine = group.sender === "customer";
  const last = group.messages.at(-1);
  return (
    <li class={`group ${isMine ? "is-mine" : ""}`}>
      <p class={isMine ? "visually-hidden" : "group-name"}>
        {isMine
          ? t("chat.you")
          : isHouse
            ? t("chat.automatic", { shop: boot.shop_name })
            : group.name || boot.shop_name}
      </p>
      {group.messages.map((one) => (
        <Bubble key={one.id} message={one} isMine={isMine} />
      ))}
      {last && (
        <p class="group-foot">
          <time dateTime={last.created_at}>{formats.value.time(last.created_at)}</time>
          {isMine && <Receipt message={last} />}
        </p>
      )}
    </li>
  );
}

/** "Sent" or "Read", under the newest of the customer's own messages only. */
function Receipt({ message }: { message: MessageView }) {
  const newest = messages.value.findLast((one) => one.sender_kind === "customer");
  if (newest?.id !== message.id || pending.value.length > 0) return null;
  const isRead = (conversation.value?.agent_read_seq ?? 0) >= message.seq;
  return <span class="receipt">{t(isRead ? "message.read" : "message.sent")}</span>;
}

function DayView({ day }: { day: Day }) {
  return (
    <>
      <li class="day">
        <span>{dayName(day.at)}</span>
      </li>
      {day.groups.map((group) => (
        <GroupView key={group.key} group={group} />
      ))}
    </>
  );
}

function Typing() {
  if (!typist.value) return null;
  return (
    <p class="typing" role="status">
      <span class="dots" aria-hidden="true">
        <i />
        <i />
        <i />
      </span>
      {t("chat.typing", { name: typist.value })}
    </p>
  );
}

function Older({ list }: { list: { current: HTMLElement | null } }) {
  const isBusy = useSignal(false);
  if (!older.value) return null;
  const fetch = async () => {
    const before = list.current?.scrollHeight ?? 0;
    isBusy.value = true;
    // A failure leaves the button: it can be pressed again.
    await fetchOlder().catch(() => undefined);
    isBusy.value = false;
    requestAnimationFrame(() => {
      if (list.current) list.current.scrollTop += list.current.scrollHeight - before;
    });
  };
  return (
    <Button small busy={isBusy.value} class="older" onClick={fetch}>
      {t("chat.older")}
    </Button>
  );
}

/** The conversation, oldest first; it stays at its end unless the reader went up. */
export function Messages() {
  const list = useRef<HTMLDivElement>(null);
  const isAtEnd = useSignal(true);
  const count = messages.value.length + pending.value.length;

  function toEnd() {
    if (list.current) list.current.scrollTop = list.current.scrollHeight;
  }

  useLayoutEffect(() => {
    const newest = pending.value.length > 0 || isAtEnd.peek();
    if (newest) toEnd();
  }, [count, typist.value, isShown.value]);

  // Pictures and the on-screen keyboard change heights after the drawing.
  useEffect(() => {
    if (!list.current) return;
    const watcher = new ResizeObserver(() => {
      if (isAtEnd.peek()) toEnd();
    });
    watcher.observe(list.current);
    for (const child of list.current.children) watcher.observe(child);
    return () => watcher.disconnect();
  }, []);

  useEffect(() => {
    const look = () => {
      const isSeen = isShown.value && isAtEnd.value && document.visibilityState === "visible";
      if (isSeen && messages.value.length > 0) markRead();
    };
    const stop = effect(look);
    document.addEventListener("visibilitychange", look);
    return () => {
      stop();
      document.removeEventListener("visibilitychange", look);
    };
  }, []);

  function onScroll() {
    const { scrollHeight = 0, scrollTop = 0, clientHeight = 0 } = list.current ?? {};
    isAtEnd.value = scrollHeight - scrollTop - clientHeight < NEAR_END_PX;
  }

  return (
    <div class="messages-frame">
      <div
        ref={list}
        class="messages"
        role="region"
        aria-label={t("chat.messages")}
        // Scrolling by keyboard needs the focus.
        tabIndex={0}
        onScroll={onScroll}
      >
        <div class="messages-inner">
          <Older list={list} />
          <ol>
            {grouped(messages.value).map((day) => (
              <DayView key={day.key} day={day} />
            ))}
            {pending.value.map((one) => (
              <PendingBubble key={one.client_id} message={one} />
            ))}
          </ol>
          <Typing />
        </div>
      </div>
      {!isAtEnd.value && (
        <button type="button" class="to-end" aria-label={t("chat.newest")} onClick={toEnd}>
          <Icon of={down} />
        </button>
      )}
    </div>
  );
}
