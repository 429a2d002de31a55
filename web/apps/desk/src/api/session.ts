import type { Tag } from "@stoa/i18n";
import { http } from "../app/http.ts";
import type { SavedReply, StaffPresence } from "./conversations.ts";

export type Role = "agent" | "supervisor" | "administrator";

export interface Staff {
  readonly id: string;
  readonly email: string;
  readonly name: string;
  readonly role: Role;
  readonly locale: string;
  readonly is_active: boolean;
  readonly has_password: boolean;
}

export interface Me extends Staff {
  readonly session_id: string;
}

export interface Shop {
  readonly id: string;
  readonly name: string;
  readonly country: string;
  readonly currency: string;
  readonly default_locale: string;
  readonly locales: readonly string[];
  readonly url: string;
}

/** All the desk needs before its first list. */
export interface Start {
  readonly me: Me;
  readonly shops: readonly Shop[];
  readonly staff: readonly Staff[];
  readonly presence: readonly StaffPresence[];
  readonly saved_replies: readonly SavedReply[];
}

/** What a one-time link is for: making the first administrator, joining, or a new password. */
export interface Link {
  readonly purpose: "setup" | "invite" | "reset";
  readonly email: string;
  readonly name: string;
  readonly expires_at: string;
}

export interface LinkAnswer {
  readonly password: string;
  readonly name?: string;
  readonly email?: string;
  readonly locale?: Tag;
}

export interface StaffSession {
  readonly id: string;
  readonly user_agent: string;
  readonly ip: string;
  readonly created_at: string;
  readonly last_seen_at: string;
  readonly is_current: boolean;
}

/** A link to hand over; it is shown once. */
export interface IssuedLink {
  readonly staff: Staff;
  readonly url: string;
  readonly expires_at: string;
}

const link = (token: string) => `/api/desk/links/${encodeURIComponent(token)}`;

export const readStart = (): Promise<Start> => http.get("/api/desk/start");
export const signIn = (email: string, password: string): Promise<Me> =>
  http.post("/api/desk/sign-in", { email, password });
export const signOut = (): Promise<void> => http.post("/api/desk/sign-out");
export const readLink = (token: string): Promise<Link> => http.get(link(token));
export const answerLink = (token: string, answer: LinkAnswer): Promise<Me> =>
  http.post(link(token), answer);

export const changeMe = (change: { name?: string; locale?: string }): Promise<Me> =>
  http.patch("/api/desk/me", change);
export const changePassword = (current: string, next: string): Promise<void> =>
  http.post("/api/desk/me/password", { current, new: next });
export const listSessions = (): Promise<{ items: readonly StaffSession[] }> =>
  http.get("/api/desk/me/sessions");
export const endSession = (id: string): Promise<void> => http.delete(`/api/desk/me/sessions/${id}`);

export const listStaff = (): Promise<{ items: readonly Staff[] }> => http.get("/api/desk/staff");
export const invite = (body: {
  email: string;
  name: string;
  role: Role;
  locale: string;
}): Promise<IssuedLink> => http.post("/api/desk/staff", body);
export const changeStaff = (
  id: string,
  change: { name?: string; role?: Role; is_active?: boolean },
): Promise<Staff> => http.patch(`/api/desk/staff/${id}`, change);
export const issueLink = (id: string): Promise<IssuedLink> =>
  http.post(`/api/desk/staff/${id}/link`);
