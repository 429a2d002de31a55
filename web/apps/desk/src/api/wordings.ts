import type { NewWording, ShopWordings } from "@stoa/protocol";
import { http } from "../app/http.ts";

export type { WordingView } from "@stoa/protocol";

const at = (shopId: string) => `/api/desk/shops/${shopId}/wordings`;

export const readWordings = (shopId: string): Promise<ShopWordings> => http.get(at(shopId));
export const addWording = (shopId: string, wording: NewWording): Promise<ShopWordings> =>
  http.post(at(shopId), wording);
