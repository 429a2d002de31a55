import type { ChangeLimits, Limits, LimitsView } from "@stoa/protocol";
import { http } from "../app/http.ts";

export type { Limits, LimitsView };

const at = (shopId: string) => `/api/desk/shops/${shopId}/limits`;

export const readLimits = (shopId: string): Promise<LimitsView> => http.get(at(shopId));
/** Refused as a conflict when the limits are no longer those that were `seen`. */
export const changeLimits = (shopId: string, limits: Limits, seen: Limits): Promise<LimitsView> =>
  http.put(at(shopId), { limits, seen } satisfies ChangeLimits);
