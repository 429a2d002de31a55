import type { Signal } from "@preact/signals";
import { Checkbox, TextField } from "@stoa/ui";
import type { ProductDetail, VariantDetail } from "../api/catalogue.ts";
import { formats, t } from "../app/texts.ts";
import { type ProductDraft, problemOf, type VariantDraft } from "./draft.ts";

interface RowProps {
  variant: VariantDetail;
  draft: VariantDraft;
  currency: string;
  change: (more: Partial<VariantDraft>) => void;
}

const PROBLEMS = {
  price: "product.badPrice",
  comparePrice: "product.badComparePrice",
  onHand: "product.badStock",
} as const;

function VariantRow({ variant, draft, currency, change }: RowProps) {
  const problem = problemOf(draft, currency);
  const errorOf = (field: keyof typeof PROBLEMS) =>
    field === problem ? t(PROBLEMS[field]) : undefined;
  return (
    <li class="variant">
      <p class="variant-name">
        <strong>{variant.options || variant.sku}</strong>
        <span class="quiet"> {variant.options && variant.sku}</span>
      </p>
      <TextField
        label={t("product.price", { currency })}
        inputMode="decimal"
        value={draft.price}
        error={errorOf("price")}
        onInput={(event) => change({ price: event.currentTarget.value })}
      />
      <TextField
        label={t("product.comparePrice", { currency })}
        inputMode="decimal"
        value={draft.comparePrice}
        error={errorOf("comparePrice")}
        onInput={(event) => change({ comparePrice: event.currentTarget.value })}
      />
      <div class="variant-stock">
        <TextField
          label={t("product.onHand")}
          inputMode="numeric"
          disabled={!draft.isTracked}
          value={draft.isTracked ? draft.onHand : ""}
          hint={
            variant.reserved > 0
              ? t("product.reserved", { number: formats().number(variant.reserved) })
              : undefined
          }
          error={errorOf("onHand")}
          onInput={(event) => change({ onHand: event.currentTarget.value })}
        />
        <Checkbox
          label={t("product.tracked")}
          checked={draft.isTracked}
          onChange={(isTracked) => change({ isTracked })}
        />
      </div>
    </li>
  );
}

/** Price and stock of each variant. */
export function Variants({
  product,
  draft,
}: {
  product: ProductDetail;
  draft: Signal<ProductDraft>;
}) {
  return (
    <ul class="variants">
      {product.variants.map((variant) => {
        const its = draft.value.variants[variant.id];
        return (
          its && (
            <VariantRow
              key={variant.id}
              variant={variant}
              draft={its}
              currency={product.currency}
              change={(more) => {
                const variants = { ...draft.value.variants, [variant.id]: { ...its, ...more } };
                draft.value = { ...draft.value, variants };
              }}
            />
          )
        );
      })}
    </ul>
  );
}
