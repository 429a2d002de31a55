import type { ChangeShop, ShopDetails } from "@stoa/protocol";
import { http } from "../app/http.ts";

export type { BankAccount, Company, ShopDetails } from "@stoa/protocol";

const at = (id: string) => `/api/desk/shops/${id}`;

export const readShop = (id: string): Promise<ShopDetails> => http.get(at(id));
export const changeShop = (id: string, change: ChangeShop): Promise<ShopDetails> =>
  http.patch(at(id), change);
