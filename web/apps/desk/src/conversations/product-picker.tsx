import searchX from "lucide:search-x";
import { signal, useSignal } from "@preact/signals";
import { Button, Dialog, Empty, SelectField, Skeleton, TextField } from "@stoa/ui";
import { useEffect, useMemo } from "preact/hooks";
import {
  type ConversationRow,
  type ProductCard,
  type ProductHit,
  propose,
  searchProducts,
  sendProductCard,
} from "../api/conversations.ts";
import { useForm, wordsFor } from "../app/form.ts";
import { resource } from "../app/resource.ts";
import { formats, t } from "../app/texts.ts";
import { FormProblem } from "../session/gate.tsx";
import { Price, Thumb } from "./cards.tsx";
import { newClientId } from "./thread-store.ts";

const TYPING_PAUSE_MS = 180;

interface PickerProps {
  row: ConversationRow;
  onClose: () => void;
}

/** Finds a product and puts it into the conversation: as a card, or as a proposal for the cart. */
export function ProductPicker({ row, onClose }: PickerProps) {
  const wish = useMemo(() => signal(""), []);
  const hits = useMemo(
    () =>
      resource(async () => {
        const q = wish.peek().trim();
        const query = { q, shop_id: row.shop_id, locale: row.locale, limit: 20 };
        return (await searchProducts(query)).items;
      }),
    [row.shop_id, row.locale, wish],
  );
  useEffect(() => {
    const timer = setTimeout(hits.load, TYPING_PAUSE_MS);
    return () => clearTimeout(timer);
  }, [hits, wish.value]);
  const { value, isLoading, error } = hits.state.value;
  return (
    <Dialog title={t("pick.product")} closeLabel={t("action.close")} onClose={onClose} wide>
      <div class="stack">
        <TextField
          label={t("pick.search")}
          hideLabel
          type="search"
          placeholder={t("pick.search")}
          value={wish.value}
          autofocus
          onInput={(event) => (wish.value = event.currentTarget.value)}
        />
        {error && <FormProblem text={wordsFor(error)} />}
        {!value && isLoading && <Skeleton lines={5} />}
        {value?.length === 0 && !isLoading && wish.value.trim() && (
          <Empty icon={searchX} title={t("pick.none")} />
        )}
        <ul class="hits">
          {value?.map((hit) => (
            <Hit key={hit.card.product_id} hit={hit} row={row} onClose={onClose} />
          ))}
        </ul>
      </div>
    </Dialog>
  );
}

function variantName(variant: ProductCard): string {
  const { price_minor: minor, currency } = variant;
  return `${variant.options || variant.name}, ${formats().money({ minor, currency })}`;
}

function Hit({ hit, row, onClose }: PickerProps & { hit: ProductHit }) {
  const { card, variants } = hit;
  const form = useForm();
  const variantId = useSignal(variants[0]?.variant_id ?? card.variant_id ?? "");
  const chosen = variants.find((variant) => variant.variant_id === variantId.value) ?? card;
  const clientIds = useMemo(() => ({ card: newClientId(), proposal: newClientId() }), []);
  const sendCard = form.submit(async () => {
    const body = {
      client_id: clientIds.card,
      product_id: card.product_id,
      variant_id: variantId.value || null,
    };
    await sendProductCard(row.id, body);
    onClose();
  });
  const proposeIt = form.submit(async () => {
    const suggestion = {
      kind: "product" as const,
      variant_id: variantId.value,
      quantity: 1,
      reason: "",
    };
    await propose(row.id, { client_id: clientIds.proposal, suggestion });
    onClose();
  });
  return (
    <li class="hit">
      <Thumb url={chosen.picture_url ?? card.picture_url} size={56} />
      <div class="hit-text">
        <span class="card-title">{card.name}</span>
        {variants.length > 1 ? (
          <SelectField
            label={t("product.variant")}
            hideLabel
            value={variantId.value}
            options={variants.map((v) => [v.variant_id ?? "", variantName(v)] as const)}
            onChange={(event) => (variantId.value = event.currentTarget.value)}
          />
        ) : (
          <Price card={chosen} />
        )}
        {!chosen.is_available && <span class="quiet">{t("product.soldOut")}</span>}
        {form.problem.value && <p class="ui-error">{wordsFor(form.problem.value)}</p>}
      </div>
      <div class="hit-actions">
        <Button small busy={form.isBusy.value} onClick={sendCard}>
          {t("pick.sendCard")}
        </Button>
        {row.visitor_id && variantId.value && chosen.is_available && (
          <Button small look="primary" busy={form.isBusy.value} onClick={proposeIt}>
            {t("pick.toCart")}
          </Button>
        )}
      </div>
    </li>
  );
}
