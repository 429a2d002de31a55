import type { RadarQuery, RadarSnapshot, VisitDetail } from "@stoa/protocol";
import { http } from "../app/http.ts";

export type {
  FieldErrorView,
  PageView,
  RadarCounts,
  RadarDelta,
  RadarSnapshot,
  VisitDetail,
  VisitRow,
} from "@stoa/protocol";

export type Step = VisitDetail["step"];
export type SignalKind = VisitDetail["signals"][number]["kind"];
export type RadarView = NonNullable<RadarQuery["view"]>;

export const readRadar = (view: RadarView): Promise<RadarSnapshot> =>
  http.get("/api/desk/radar", { view, limit: 200 });
export const readVisit = (id: string): Promise<VisitDetail> => http.get(`/api/desk/visits/${id}`);
export const readVisitOf = (visitorId: string): Promise<VisitDetail> =>
  http.get(`/api/desk/visitors/${visitorId}/visit`);
export const inviteVisit = (id: string, text: string): Promise<void> =>
  http.post(`/api/desk/visits/${id}/invite`, { text });
