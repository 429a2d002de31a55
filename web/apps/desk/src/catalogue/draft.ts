import type { ProductChange, ProductDetail, VariantDetail } from "../api/catalogue.ts";
import { minorOf, typed } from "../app/money.ts";

/** A variant as it stands in the form: amounts as they are typed. */
export interface VariantDraft {
  readonly price: string;
  readonly comparePrice: string;
  readonly onHand: string;
  readonly isTracked: boolean;
}

export interface ProductDraft {
  readonly names: Readonly<Record<string, string>>;
  readonly descriptions: Readonly<Record<string, string>>;
  readonly brand: string;
  readonly isVisible: boolean;
  readonly variants: Readonly<Record<string, VariantDraft>>;
}

/** Returns what the form shows for a product as it is stored. */
export function draftOf(product: ProductDetail): ProductDraft {
  const { names, descriptions, brand, is_visible, variants, currency } = product;
  return {
    names,
    descriptions,
    brand,
    isVisible: is_visible,
    variants: Object.fromEntries(
      variants.map((variant) => [
        variant.id,
        {
          price: typed(variant.price_minor, currency),
          comparePrice:
            variant.compare_price_minor === null
              ? ""
              : typed(variant.compare_price_minor, currency),
          onHand: String(variant.on_hand),
          isTracked: variant.is_tracked,
        },
      ]),
    ),
  };
}

export type VariantProblem = "price" | "comparePrice" | "onHand";

/** Returns the first field of a variant that cannot be taken. */
export function problemOf(draft: VariantDraft, currency: string): VariantProblem | null {
  const price = minorOf(draft.price, currency);
  if (price === null) return "price";
  const compare = draft.comparePrice.trim() ? minorOf(draft.comparePrice, currency) : undefined;
  if (compare === null || (compare !== undefined && compare <= price)) return "comparePrice";
  if (draft.isTracked && !/^\d{1,9}$/.test(draft.onHand.trim())) return "onHand";
  return null;
}

/** Returns the change to send, or null while a field cannot be taken. */
export function changeOf(product: ProductDetail, draft: ProductDraft): ProductChange | null {
  const { currency, version } = product;
  const of = (variant: VariantDetail) => draft.variants[variant.id] as VariantDraft;
  if (product.variants.some((variant) => problemOf(of(variant), currency))) return null;
  return {
    version,
    names: draft.names,
    descriptions: draft.descriptions,
    brand: draft.brand,
    is_visible: draft.isVisible,
    variants: product.variants.map((variant) => {
      const { price, comparePrice, onHand, isTracked } = of(variant);
      return {
        id: variant.id,
        price_minor: minorOf(price, currency) ?? 0,
        compare_price_minor: comparePrice.trim() ? minorOf(comparePrice, currency) : null,
        on_hand: isTracked ? Number(onHand) : variant.on_hand,
        is_tracked: isTracked,
      };
    }),
  };
}
