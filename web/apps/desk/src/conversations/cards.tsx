import { Badge, Button, type Tone } from "@stoa/ui";
import type { OrderCard, ProductCard, ProposalCard } from "../api/conversations.ts";
import { useForm, wordsFor } from "../app/form.ts";
import { formats, t } from "../app/texts.ts";
import { OrderStates } from "../orders/states.tsx";
import { withdraw } from "./thread-store.ts";

export function Price({ card }: { card: ProductCard }) {
  const { currency } = card;
  return (
    <span class="price">
      {formats().money({ minor: card.price_minor, currency })}
      {card.compare_price_minor !== null && (
        <s class="quiet">{formats().money({ minor: card.compare_price_minor, currency })}</s>
      )}
    </span>
  );
}

export function Thumb({ url, size = 48 }: { url: string | null; size?: number }) {
  return url ? (
    <img class="thumb" src={url} alt="" width={size} height={size} loading="lazy" />
  ) : (
    <span class="thumb" style={{ width: `${size}px`, height: `${size}px` }} />
  );
}

export function ProductCardView({ card }: { card: ProductCard }) {
  return (
    <div class="card">
      <Thumb url={card.picture_url} size={56} />
      <div class="card-text">
        <a href={card.url} target="_blank" rel="noopener" class="card-title">
          {card.name}
        </a>
        {card.options && <span class="quiet">{card.options}</span>}
        <Price card={card} />
        {!card.is_available && <Badge tone="warn">{t("product.soldOut")}</Badge>}
      </div>
    </div>
  );
}

export function OrderCardView({ card }: { card: OrderCard }) {
  return (
    <div class="card">
      <div class="card-text">
        <a href={`/desk/orders/${card.order_id}`} class="card-title">
          {t("order.numbered", { number: card.number })}
        </a>
        <span>{formats().money({ minor: card.total_minor, currency: card.currency })}</span>
        <OrderStates order={card} />
      </div>
    </div>
  );
}

type ProposalKey = `proposal.${ProposalCard["state"]}`;

const STATES: Record<ProposalCard["state"], { tone: Tone; key: ProposalKey }> = {
  open: { tone: "action", key: "proposal.open" },
  accepted: { tone: "good", key: "proposal.accepted" },
  refused: { tone: "neutral", key: "proposal.refused" },
  withdrawn: { tone: "neutral", key: "proposal.withdrawn" },
  failed: { tone: "bad", key: "proposal.failed" },
};

function whatIsProposed(card: ProposalCard): string {
  const { kind, percent, amount_minor: minor, currency, title, quantity } = card;
  if (kind === "product" && (quantity ?? 1) > 1) return `${quantity} × ${title}`;
  if (kind !== "discount") return title;
  if (percent !== null)
    return t("proposal.percentOff", { percent: formats().percent(percent / 100) });
  return t("proposal.amountOff", {
    amount: formats().money({ minor: minor ?? 0, currency: currency ?? "EUR" }),
  });
}

const KINDS = {
  product: "proposal.product",
  discount: "proposal.discount",
  delivery: "proposal.delivery",
} as const;

/** A proposal as it stands: what it was, and what the customer said. */
export function ProposalCardView({ card }: { card: ProposalCard }) {
  const form = useForm();
  const { tone, key } = STATES[card.state];
  return (
    <div class="card">
      {card.product && <Thumb url={card.product.picture_url} size={56} />}
      <div class="card-text">
        <span class="quiet">{t(KINDS[card.kind])}</span>
        <span class="card-title">{whatIsProposed(card)}</span>
        {card.product && <Price card={card.product} />}
        {card.reason && <span class="quiet">{card.reason}</span>}
        <div class="row">
          <Badge tone={tone}>{t(key)}</Badge>
          {card.state === "open" && (
            <Button
              small
              look="quiet"
              busy={form.isBusy.value}
              onClick={form.submit(async () => {
                await withdraw(card.proposal_id);
              })}
            >
              {t("proposal.withdraw")}
            </Button>
          )}
        </div>
        {card.problem_text && <span class="quiet">{card.problem_text}</span>}
        {form.problem.value && <p class="ui-error">{wordsFor(form.problem.value)}</p>}
      </div>
    </div>
  );
}
