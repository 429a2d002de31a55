import type { CalendarView, HoursView, OpeningHours, ShopHours } from "@stoa/protocol";
import { http } from "../app/http.ts";

export type { CalendarView, HoursView, OpeningHours };

const at = (shopId: string) => `/api/desk/shops/${shopId}/hours`;

export const readHours = (shopId: string): Promise<HoursView> => http.get(at(shopId));
export const changeHours = (shopId: string, hours: OpeningHours | null): Promise<HoursView> =>
  http.put(at(shopId), { hours } satisfies ShopHours);
export const readCalendar = (
  country: string,
  region: string,
  locale: string,
): Promise<CalendarView> => {
  const query = new URLSearchParams({ country, region, locale });
  return http.get(`/api/desk/holidays?${query}`);
};
