import chevron from "lucide:chevron-right";
import mail from "lucide:mail";
import talk from "lucide:message-circle";
import phone from "lucide:phone";
import { Button, Icon, Skeleton } from "@stoa/ui";
import { callNow } from "./calls.ts";
import { channels, choose, hasFailed, lastChoice, look, wordsWhileClosed } from "./channels.ts";
import { conversation, isRunning, messages } from "./chat.ts";
import { openChat } from "./open.ts";
import { formats, t, waitText, wordsFor } from "./texts.ts";
import type { ChannelView } from "./types.ts";
import { view } from "./view.ts";

const ICONS: Record<string, string> = { "message-circle": talk, mail, phone };

/** What is true of a channel right now, in words that promise nothing, and for how long. */
function truth(channel: ChannelView): string {
  const words = standing(channel);
  if (!channel.is_available || !channel.closes_at) return words;
  return `${words} · ${t("channel.until", { time: formats.value.moment(channel.closes_at) })}`;
}

function standing(channel: ChannelView): string {
  if (!channel.is_available) {
    if (channel.instead) {
      return `${reason(channel)} · ${wordsFor(`channel.call.instead.${channel.instead}`)}`;
    }
    return reason(channel);
  }
  if (channel.code === "message") {
    const words = wordsWhileClosed(channel);
    if (words) return words;
    if (!channel.wait) return t("channel.message.hint");
  }
  if (channel.wait) return t("channel.wait", { time: waitText(channel.wait) });
  return channel.code === "call" ? t("channel.call.hint") : t("channel.here");
}

/** Why nobody answers there just now. */
function reason(channel: ChannelView): string {
  const words = wordsWhileClosed(channel);
  if (words) return words;
  if (channel.reason === "closed" && channel.opens_at) {
    return t("channel.reason.opens", { time: formats.value.moment(channel.opens_at) });
  }
  return wordsFor(`channel.reason.${channel.reason}`) ?? t("channel.reason.nobody_there");
}

function pick(channel: ChannelView) {
  choose(channel.code);
  if (channel.code === "message") view.value = "leave";
  else if (channel.code === "call") callNow(channel.instead ?? undefined);
  else openChat();
}

function Channel({ channel, isFirst }: { channel: ChannelView; isFirst: boolean }) {
  const isOpen = channel.is_available || !!channel.instead;
  const isLast = isFirst && channel.code === lastChoice.value;
  return (
    <li>
      <button
        type="button"
        class="channel"
        disabled={!isOpen}
        data-autofocus={isFirst && isOpen ? true : undefined}
        onClick={() => pick(channel)}
      >
        <span class="channel-icon">
          <Icon of={ICONS[channel.icon] ?? talk} size={22} />
        </span>
        <span class="channel-words">
          <strong>{wordsFor(`channel.${channel.code}.title`) ?? channel.code}</strong>
          <span class={`channel-truth ${channel.is_available ? "is-good" : ""}`}>
            {truth(channel)}
          </span>
          {isLast && <span class="channel-last">{t("chooser.last")}</span>}
        </span>
        <Icon of={chevron} />
      </button>
    </li>
  );
}

/** The way back into a conversation that is already running. */
function Continue() {
  const last = messages.value.findLast((one) => one.kind === "text");
  const name = last?.sender_kind === "customer" ? t("chat.you") : (last?.staff_name ?? "");
  return (
    <button type="button" class="channel is-running" data-autofocus onClick={() => openChat()}>
      <span class="channel-icon">
        <Icon of={talk} size={22} />
      </span>
      <span class="channel-words">
        <strong>{t("chooser.continue")}</strong>
        {last?.body && (
          <span class="channel-truth one-line">{t("chat.said", { name, text: last.body })}</span>
        )}
      </span>
      <Icon of={chevron} />
    </button>
  );
}

export function Chooser() {
  const list = channels.value;
  const hasConversation = conversation.value !== null && isRunning.value;
  return (
    <div class="chooser">
      <h2>{t("chooser.title")}</h2>
      <p class="quiet">{t("chooser.intro")}</p>
      {hasConversation && <Continue />}
      {!list && !hasFailed.value && (
        <div role="status">
          <span class="visually-hidden">{t("chooser.loading")}</span>
          <Skeleton lines={4} />
        </div>
      )}
      {!list && hasFailed.value && (
        <div class="stack" role="alert">
          <p>{t("chooser.failed")}</p>
          <Button onClick={look}>{t("frame.retry")}</Button>
        </div>
      )}
      {list?.length === 0 && <p>{t("chooser.empty")}</p>}
      {list && list.length > 0 && (
        <ul class="channels" aria-label={t("chooser.list")}>
          {list.map((channel, index) => (
            <Channel
              key={channel.code}
              channel={channel}
              isFirst={index === 0 && !hasConversation}
            />
          ))}
        </ul>
      )}
    </div>
  );
}
