import type { NewWording, ShopWordings, WhereToAsk } from "@stoa/protocol";
import { http } from "../app/http.ts";

export type { ShopWordings, WordingView } from "@stoa/protocol";

const at = (shopId: string) => `/api/desk/shops/${shopId}/wordings`;

export const readWordings = (shopId: string): Promise<ShopWordings> => http.get(at(shopId));
export const addWording = (shopId: string, wording: NewWording): Promise<ShopWordings> =>
  http.post(at(shopId), wording);
export const changeWhereToAsk = (shopId: string, where: WhereToAsk): Promise<ShopWordings> =>
  http.put(at(shopId), where);
