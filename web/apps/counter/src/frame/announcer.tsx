import type { Signal } from "@preact/signals";
import { boot } from "./boot.ts";
import { t } from "./texts.ts";
import type { MessageView } from "./types.ts";

/** Reads each message from the shop to a screen reader, once, wherever the focus is. */
export function Announcer({ message }: { message: Signal<MessageView | null> }) {
  const now = message.value;
  const name = now?.staff_name ?? boot.shop_name;
  const card = now?.card;
  const text = now?.body || (card && "name" in card ? card.name : "") || titleOf(card ?? null);
  return (
    <div class="visually-hidden" aria-live="polite" aria-atomic="true">
      {now && text ? t("chat.said", { name, text }) : ""}
    </div>
  );
}

function titleOf(card: MessageView["card"]): string {
  if (card?.type === "proposal") return `${t(`proposal.${card.kind}`)} ${card.title}`;
  if (card?.type === "order") return t("card.order.title", { number: card.number });
  return "";
}
