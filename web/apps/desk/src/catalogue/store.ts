import { signal } from "@preact/signals";
import { listProducts, type ProductDetail, type ProductRow } from "../api/catalogue.ts";
import { shopOf } from "../session/store.ts";

export const productWish = signal("");
export const products = signal<readonly ProductRow[]>([]);
export const productsError = signal<Error | null>(null);
export const areProductsLoading = signal(false);
let next: string | null = null;
let round = 0;

async function fetchPage(cursor: string | null): Promise<void> {
  const mine = ++round;
  areProductsLoading.value = true;
  productsError.value = null;
  try {
    const query = { shop_id: shopOf()?.id ?? "", q: productWish.peek().trim(), cursor };
    const page = await listProducts(query);
    if (mine !== round) return;
    products.value = cursor === null ? page.items : [...products.peek(), ...page.items];
    next = page.next;
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    if (mine === round) productsError.value = error;
  } finally {
    if (mine === round) areProductsLoading.value = false;
  }
}

/** Fetches the products anew for the words asked for. */
export const loadProducts = (): Promise<void> => fetchPage(null);

/** Fetches the next page, if there is one and none is under way. */
export function loadMoreProducts(): void {
  if (next && !areProductsLoading.peek() && !productsError.peek()) void fetchPage(next);
}

/** Takes a product's new state into the list. */
export function takeProduct(product: ProductDetail, locale: string): void {
  const { id, names, brand, is_visible, variants, pictures } = product;
  const counted = variants.every(({ is_tracked }) => is_tracked);
  const available = variants.reduce((sum, one) => sum + one.on_hand - one.reserved, 0);
  products.value = products.peek().map((row) =>
    row.id === id
      ? {
          ...row,
          name: names[locale] ?? row.name,
          brand,
          is_visible,
          picture_url: pictures[0]?.url ?? null,
          price_minor: Math.min(...variants.map(({ price_minor }) => price_minor)),
          available: counted ? available : null,
        }
      : row,
  );
}
