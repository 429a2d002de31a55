import phone from "lucide:phone";
import phoneOff from "lucide:phone-off";
import alert from "lucide:triangle-alert";
import { Avatar, Badge, Button, Icon, Kbd } from "@stoa/ui";
import { useLayoutEffect } from "preact/hooks";
import * as api from "../api/calls.ts";
import { perform } from "../app/act.ts";
import { now } from "../app/clock.ts";
import { addShortcuts } from "../app/keyboard.ts";
import { formats, t } from "../app/texts.ts";
import { visitOfVisitor } from "../radar/store.ts";
import { placeWords, signalName } from "../radar/words.ts";
import { openConversationOf } from "./acts.ts";
import type { Ringing } from "./rules.ts";
import { answer } from "./speaking.ts";
import { rings, seat } from "./store.ts";
import { callerName } from "./words.ts";

async function take({ call, offer }: Ringing): Promise<void> {
  openConversationOf(call);
  await answer(call.id, offer.id);
}

const refuse = ({ call, offer }: Ringing) => perform(() => api.decline(call.id, offer.id));

function useRingShortcuts(ringing: Ringing) {
  useLayoutEffect(() => {
    const group = () => t("group.call");
    const accept = () => void take(ringing);
    return addShortcuts([
      { keys: "enter", label: () => t("ring.accept"), group, run: accept },
      {
        keys: "alt+enter",
        label: () => t("ring.acceptTyping"),
        group,
        run: accept,
        whileTyping: true,
      },
      { keys: "q q", label: () => t("ring.decline"), group, run: () => void refuse(ringing) },
    ]);
  }, [ringing.offer.id]);
}

function whyItRings({ call, offer }: Ringing): string {
  const name = offer.by_name ?? "";
  switch (offer.kind) {
    case "transfer":
      return t("ring.transfer", { name });
    case "attended":
      return t("ring.attended", { name });
    case "conference":
      return t("ring.conference", { name });
    case "queue":
      return t("ring.waits", { time: waited(call) });
  }
}

function waited({ queued_at, created_at }: Ringing["call"]): string {
  return formats().duration((now.value - Date.parse(queued_at ?? created_at)) / 1000);
}

/** Whoever joins knows it before: their own voice is recorded as well. */
const isRecorded = ({ recording }: Ringing["call"]) =>
  recording === "on" || recording === "announced";

/** What the radar knows of the caller: the page, the cart, what goes wrong for them. */
function Whereabouts({ call }: { call: Ringing["call"] }) {
  const visit = visitOfVisitor(call.visitor_id);
  const cart = visit?.cart;
  return (
    <dl class="ring-facts">
      <dt>{t("visit.page")}</dt>
      <dd>{visit ? placeWords(visit) : call.page_url || t("visit.noPage")}</dd>
      {cart && cart.item_count > 0 && (
        <>
          <dt>{t("side.cart")}</dt>
          <dd>
            {formats().money({ minor: cart.total_minor, currency: cart.currency })}
            {", "}
            {t("visit.cartItems", { count: cart.item_count })}
          </dd>
        </>
      )}
      {visit && visit.signals.length > 0 && (
        <>
          <dt class="visually-hidden">{t("ring.trouble")}</dt>
          <dd class="ring-signals">
            {visit.signals.map(({ kind }) => (
              <Badge key={kind} tone="warn" icon={alert}>
                {signalName(kind)}
              </Badge>
            ))}
          </dd>
        </>
      )}
    </dl>
  );
}

function RingCard({ ringing }: { ringing: Ringing }) {
  useRingShortcuts(ringing);
  const { call, offer } = ringing;
  const name = callerName(call);
  const lasts = Date.parse(offer.until) - Date.parse(offer.offered_at);
  const passed = Date.now() - Date.parse(offer.offered_at);
  return (
    <article class="ring" aria-label={t("ring.calls", { name })}>
      <p role="alert" class="visually-hidden">
        {t("ring.calls", { name })}. {t("ring.keys")}
      </p>
      <header class="ring-head">
        <span class="ring-bell">
          <Avatar name={name} size={44} />
        </span>
        <div class="grow">
          <h2>{name}</h2>
          <p class="quiet">{whyItRings(ringing)}</p>
        </div>
        <span class="ring-tags">
          <Badge tone="action">{formats().languageName(call.locale)}</Badge>
          {call.skill && <Badge>{call.skill}</Badge>}
        </span>
      </header>
      {isRecorded(call) && (
        <p>
          <Badge tone="bad">{t("ring.recorded")}</Badge>
        </p>
      )}
      <Whereabouts call={call} />
      <div class="ring-acts">
        <Button look="primary" icon={phone} onClick={() => take(ringing)}>
          {t("ring.accept")} <Kbd>Enter</Kbd>
        </Button>
        <Button icon={phoneOff} onClick={() => refuse(ringing)}>
          {t("ring.decline")}
        </Button>
      </div>
      <span
        class="ring-time"
        aria-hidden="true"
        style={{ animationDuration: `${lasts}ms`, animationDelay: `${-Math.max(0, passed)}ms` }}
      />
    </article>
  );
}

/** What rings at this person; the first can be taken by key, the others are counted. */
export function RingCards() {
  const [first, ...others] = rings.value;
  if (!first || seat.value) return null;
  return (
    <section class="rings" aria-label={t("ring.label")}>
      <RingCard key={first.offer.id} ringing={first} />
      {others.length > 0 && (
        <p class="ring-others">
          <Icon of={phone} size={15} /> {t("ring.others", { count: others.length })}
        </p>
      )}
    </section>
  );
}
