import { useSignal } from "@preact/signals";
import { Badge, Button, type Tone } from "@stoa/ui";
import type { ComponentChildren } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { isAtHome } from "./boot.ts";
import { calls } from "./calls.ts";
import { answerProposal } from "./chat.ts";
import { cobrowsing } from "./cobrowsing.ts";
import { tell } from "./host.ts";
import type { Later } from "./later.tsx";
import { sentence } from "./problem.ts";
import { formats, t, wordsFor } from "./texts.ts";
import type { MessageView, OrderCard, ProductCard, ProposalCard } from "./types.ts";
import { walking } from "./walking.ts";

function Price({ minor, currency }: { minor: number; currency: string }) {
  return <strong class="price">{formats.value.money({ minor, currency })}</strong>;
}

/** A link into the shop: within the shop it turns the page, elsewhere it opens another tab. */
function ShopLink({ url, children }: { url: string; children: string }) {
  const target = isAtHome ? "_top" : "_blank";
  return (
    <a class="ui-button ui-button-plain ui-button-small" href={url} target={target} rel="noopener">
      {children}
    </a>
  );
}

function ProductBody({ card }: { card: ProductCard }) {
  const { currency } = card;
  const before = card.compare_price_minor;
  return (
    <div class="product">
      {card.picture_url && <img src={card.picture_url} alt="" width="72" height="72" />}
      <div class="product-words">
        <strong>{card.name}</strong>
        {card.options && <span class="quiet">{card.options}</span>}
        <span>
          <Price minor={card.price_minor} currency={currency} />
          {before ? (
            <s class="quiet">
              <span class="visually-hidden">
                {t("card.product.before", {
                  price: formats.value.money({ minor: before, currency }),
                })}
              </span>
              <span aria-hidden="true">{formats.value.money({ minor: before, currency })}</span>
            </s>
          ) : null}
        </span>
        {!card.is_available && <Badge tone="warn">{t("card.product.soldOut")}</Badge>}
      </div>
    </div>
  );
}

function Product({ card }: { card: ProductCard }) {
  return (
    <div class="card">
      <ProductBody card={card} />
      <ShopLink url={card.url}>{t("card.product.view")}</ShopLink>
    </div>
  );
}

const TONES: Record<string, Tone> = {
  completed: "good",
  paid: "good",
  delivered: "good",
  shipped: "action",
  cancelled: "bad",
  awaiting: "warn",
};

function Order({ card }: { card: OrderCard }) {
  const states =
    card.state === "cancelled" ? [card.state] : [card.payment_state, card.shipment_state];
  return (
    <div class="card">
      <strong>{t("card.order.title", { number: card.number })}</strong>
      <span class="quiet">{formats.value.date(card.placed_at)}</span>
      <Price minor={card.total_minor} currency={card.currency} />
      <div class="row">
        {states.map((state) => (
          <Badge key={state} tone={TONES[state] ?? "neutral"}>
            {wordsFor(`card.order.${state}`) ?? state}
          </Badge>
        ))}
      </div>
      <ShopLink url={card.url}>{t("card.order.view")}</ShopLink>
    </div>
  );
}

function offer(card: ProposalCard): string {
  const { percent, amount_minor: minor, currency } = card;
  const amount = percent
    ? formats.value.percent(percent / 100)
    : minor && currency
      ? formats.value.money({ minor, currency })
      : "";
  return amount ? t("proposal.off", { amount }) : card.title;
}

const ANSWERS: Record<string, Tone> = { accepted: "good", failed: "bad" };

function Proposal({ card }: { card: ProposalCard }) {
  const busy = useSignal<"accept" | "refuse" | null>(null);
  const problem = useSignal("");
  const group = useRef<HTMLDivElement>(null);
  const answer = async (isAccepted: boolean) => {
    busy.value = isAccepted ? "accept" : "refuse";
    problem.value = "";
    try {
      await answerProposal(card.proposal_id, isAccepted);
      if (isAccepted) tell({ type: "cart" });
    } catch (error) {
      problem.value = sentence(error);
    }
    busy.value = null;
    // The pressed button is gone; the focus stays with what it has done, unless it has moved on.
    const { activeElement } = document;
    const isLost = document.hasFocus() && activeElement === document.body;
    if (isLost || group.current?.contains(activeElement)) group.current?.focus();
  };
  const quantity = card.quantity && card.quantity > 1 ? card.quantity : 0;
  return (
    <div
      ref={group}
      class="card is-proposal"
      role="group"
      aria-label={t(`proposal.${card.kind}`)}
      tabIndex={-1}
    >
      <p class="card-kind">{t(`proposal.${card.kind}`)}</p>
      {card.product ? <ProductBody card={card.product} /> : <strong>{offer(card)}</strong>}
      {quantity > 0 && <span>{t("proposal.quantity", { quantity })}</span>}
      {card.reason && <p class="quiet">{card.reason}</p>}
      {card.state === "open" ? (
        <>
          <div class="row">
            <Button
              look="primary"
              small
              busy={busy.value === "accept"}
              disabled={busy.value === "refuse"}
              onClick={() => answer(true)}
            >
              {t("proposal.accept")}
            </Button>
            <Button
              small
              busy={busy.value === "refuse"}
              disabled={busy.value === "accept"}
              onClick={() => answer(false)}
            >
              {t("proposal.refuse")}
            </Button>
          </div>
          <p class="small quiet">{t("proposal.nothing")}</p>
          {problem.value && (
            <p class="is-bad" role="alert">
              {problem.value}
            </p>
          )}
        </>
      ) : (
        <>
          <Badge tone={ANSWERS[card.state] ?? "neutral"}>{t(`proposal.${card.state}`)}</Badge>
          {card.problem_text && <p class="small">{card.problem_text}</p>}
        </>
      )}
    </div>
  );
}

interface FetchedProps<Part> {
  of: Later<Part>;
  children: (part: Part) => ComponentChildren;
}

/** Drawn by a part that is fetched for it. */
function Fetched<Part>({ of, children }: FetchedProps<Part>) {
  useEffect(() => {
    of.get().catch(() => undefined);
  }, []);
  return of.part.value ? <>{children(of.part.value)}</> : null;
}

export function CardView({ card }: { card: NonNullable<MessageView["card"]> }) {
  if (card.type === "product") return <Product card={card} />;
  if (card.type === "order") return <Order card={card} />;
  if (card.type === "proposal") return <Proposal card={card} />;
  if (card.type === "call") {
    return <Fetched of={calls}>{({ CallCardView }) => <CallCardView card={card} />}</Fetched>;
  }
  if (card.type === "walk") {
    return <Fetched of={walking}>{({ WalkCardView }) => <WalkCardView card={card} />}</Fetched>;
  }
  if (card.type !== "cobrowse") return null;
  return (
    <Fetched of={cobrowsing}>{({ CobrowseCardView }) => <CobrowseCardView card={card} />}</Fetched>
  );
}
