import type {
  ChangeMe,
  ChangeStaff,
  DeskStart,
  InviteStaff,
  IssuedLink,
  LinkView,
  MeView,
  SessionView,
  StaffView,
  UseLink,
} from "@stoa/protocol";
import { http } from "../app/http.ts";

export type {
  DeskStart as Start,
  IssuedLink,
  LinkView as Link,
  Role,
  SessionView as StaffSession,
  ShopView as Shop,
  StaffView as Staff,
  UseLink as LinkAnswer,
} from "@stoa/protocol";

const link = (token: string) => `/api/desk/links/${encodeURIComponent(token)}`;

export const readStart = (): Promise<DeskStart> => http.get("/api/desk/start");
export const signIn = (email: string, password: string): Promise<MeView> =>
  http.post("/api/desk/sign-in", { email, password });
export const signOut = (): Promise<void> => http.post("/api/desk/sign-out");
export const readLink = (token: string): Promise<LinkView> => http.get(link(token));
export const answerLink = (token: string, answer: UseLink): Promise<MeView> =>
  http.post(link(token), answer);

export const changeMe = (change: ChangeMe): Promise<MeView> => http.patch("/api/desk/me", change);
export const changePassword = (current: string, next: string): Promise<void> =>
  http.post("/api/desk/me/password", { current, new: next });
export const listSessions = (): Promise<{ items: readonly SessionView[] }> =>
  http.get("/api/desk/me/sessions");
export const endSession = (id: string): Promise<void> => http.delete(`/api/desk/me/sessions/${id}`);

export const listStaff = (): Promise<{ items: readonly StaffView[] }> =>
  http.get("/api/desk/staff");
export const invite = (body: InviteStaff): Promise<IssuedLink> =>
  http.post("/api/desk/staff", body);
export const changeStaff = (id: string, change: ChangeStaff): Promise<StaffView> =>
  http.patch(`/api/desk/staff/${id}`, change);
export const issueLink = (id: string): Promise<IssuedLink> =>
  http.post(`/api/desk/staff/${id}/link`);
