import { http } from "../app/http.ts";

export interface ProductRow {
  readonly id: string;
  readonly name: string;
  readonly brand: string;
  readonly picture_url: string | null;
  readonly price_minor: number;
  readonly currency: string;
  readonly variant_count: number;
  /** How many can be sold; null when that is not counted. */
  readonly available: number | null;
  readonly is_visible: boolean;
}

export interface VariantDetail {
  readonly id: string;
  readonly sku: string;
  readonly options: string;
  readonly price_minor: number;
  readonly compare_price_minor: number | null;
  readonly on_hand: number;
  readonly reserved: number;
  readonly is_tracked: boolean;
  readonly is_active: boolean;
}

export interface PictureDetail {
  readonly id: string;
  readonly url: string;
  readonly width: number;
  readonly height: number;
}

export interface ProductDetail {
  readonly id: string;
  readonly version: number;
  readonly names: Readonly<Record<string, string>>;
  readonly descriptions: Readonly<Record<string, string>>;
  readonly brand: string;
  readonly is_visible: boolean;
  readonly currency: string;
  readonly locales: readonly string[];
  readonly url: string;
  readonly variants: readonly VariantDetail[];
  readonly pictures: readonly PictureDetail[];
}

export interface VariantChange {
  readonly id: string;
  readonly price_minor: number;
  readonly compare_price_minor: number | null;
  readonly on_hand: number;
  readonly is_tracked: boolean;
}

export interface ProductChange {
  readonly version: number;
  readonly names: Readonly<Record<string, string>>;
  readonly descriptions: Readonly<Record<string, string>>;
  readonly brand: string;
  readonly is_visible: boolean;
  readonly variants: readonly VariantChange[];
}

const at = (id: string) => `/api/desk/products/${id}`;

export const listProducts = (query: {
  shop_id: string;
  q: string;
  cursor: string | null;
}): Promise<{ items: readonly ProductRow[]; next: string | null }> =>
  http.get("/api/desk/products", query);
export const readProduct = (id: string): Promise<ProductDetail> => http.get(at(id));
export const changeProduct = (id: string, change: ProductChange): Promise<ProductDetail> =>
  http.patch(at(id), change);
export const addPicture = (id: string, file: File): Promise<ProductDetail> =>
  http.upload(`${at(id)}/pictures`, file);
export const removePicture = (id: string, pictureId: string): Promise<ProductDetail> =>
  http.delete(`${at(id)}/pictures/${pictureId}`);
