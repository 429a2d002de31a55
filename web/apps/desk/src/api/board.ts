import type {
  BoardView,
  BreachList,
  PolicyInput,
  PolicyList,
  PolicyView,
  RatingSettings,
  ShopRatings,
} from "@stoa/protocol";
import { http } from "../app/http.ts";

export type {
  AgentLine,
  BoardView,
  BreachView,
  HourCell,
  PolicyInput,
  PolicyList,
  PolicyView,
  RatingSettings,
  RatingSummary,
} from "@stoa/protocol";

export const readBoard = (shopId: string): Promise<BoardView> =>
  http.get(`/api/desk/board?shop_id=${shopId}`);

export function readBreaches(
  shopId: string,
  isRunning: boolean,
  cursor: string | null,
): Promise<BreachList> {
  const query = new URLSearchParams({ shop_id: shopId, is_running: String(isRunning) });
  if (cursor) query.set("cursor", cursor);
  return http.get(`/api/desk/breaches?${query}`);
}

const LEVELS = "/api/desk/service-levels";

export const readPolicies = (shopId: string): Promise<PolicyList> =>
  http.get(`${LEVELS}?shop_id=${shopId}`);
export const makePolicy = (shopId: string, policy: PolicyInput): Promise<PolicyView> =>
  http.post(`${LEVELS}?shop_id=${shopId}`, policy);
export const changePolicy = (id: string, policy: PolicyInput): Promise<PolicyView> =>
  http.put(`${LEVELS}/${id}`, policy);
export const dropPolicy = (id: string): Promise<void> => http.delete(`${LEVELS}/${id}`);

export const readRatingSettings = (shopId: string): Promise<ShopRatings> =>
  http.get(`/api/desk/shops/${shopId}/ratings`);
export const changeRatingSettings = (
  shopId: string,
  ratings: RatingSettings,
): Promise<ShopRatings> => http.put(`/api/desk/shops/${shopId}/ratings`, { ratings });
