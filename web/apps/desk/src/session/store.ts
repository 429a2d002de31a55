import { computed, signal } from "@preact/signals";
import { chooseTag } from "@stoa/i18n";
import * as api from "../api/session.ts";
import { beginSession, onSignedOut, Problem } from "../app/http.ts";
import { speak } from "../app/texts.ts";

type State =
  | { readonly is: "unknown" }
  | { readonly is: "unreachable" }
  | { readonly is: "out"; readonly hasEnded?: boolean }
  | { readonly is: "in"; readonly start: api.Start };

const state = signal<State>({ is: "unknown" });

export const sessionState = state;

/** What the desk was started with; null while nobody is signed in. */
export const start = computed(() => (state.value.is === "in" ? state.value.start : null));
/** Who is signed in. */
export const me = computed(() => start.value?.me ?? null);
export const staff = computed(() => start.value?.staff ?? []);

/** The shop of an id, or the first one. */
export function shopOf(id?: string): api.Shop | null {
  const shops = start.value?.shops ?? [];
  return shops.find((shop) => shop.id === id) ?? shops[0] ?? null;
}

const RANKS: readonly api.Role[] = ["agent", "supervisor", "administrator"];

/** Whether the person signed in may do what needs this role. */
export function mayActAs(role: api.Role): boolean {
  const own = me.value?.role;
  return own !== undefined && RANKS.indexOf(own) >= RANKS.indexOf(role);
}

let round = 0;

/** Asks the server who is signed in, and takes what the desk needs. An answer that was overtaken by a
 * later question, or by signing out, is dropped. */
export async function findSession(): Promise<void> {
  const mine = ++round;
  try {
    const answer = await api.readStart();
    await speak(chooseTag([answer.me.locale]));
    if (mine === round) state.value = { is: "in", start: answer };
  } catch (error) {
    if (mine !== round) return;
    const isRefused = error instanceof Problem && error.status === 401;
    if (!isRefused) state.value = { is: "unreachable" };
    // Of a session that has ended the refusal itself has told already.
    else if (state.peek().is !== "out") state.value = { is: "out" };
  }
}

export async function signIn(email: string, password: string): Promise<void> {
  await api.signIn(email, password);
  beginSession();
  await findSession();
}

export async function signOut(): Promise<void> {
  await api.signOut();
  round += 1;
  state.value = { is: "out" };
}

export async function answerLink(token: string, answer: api.LinkAnswer): Promise<void> {
  await api.answerLink(token, answer);
  beginSession();
  await findSession();
}

/** Takes over what changed in the desk's beginnings: one's own name, the saved replies. */
export function changeStart(change: Partial<api.Start>): void {
  const now = state.peek();
  if (now.is === "in") state.value = { is: "in", start: { ...now.start, ...change } };
}

/** Changes one's own name or language. */
export async function changeMe(change: Parameters<typeof api.changeMe>[0]): Promise<void> {
  const changed = await api.changeMe(change);
  if (change.locale) await speak(chooseTag([changed.locale]));
  changeStart({ me: changed });
}

onSignedOut(() => {
  if (state.peek().is === "in") state.value = { is: "out", hasEnded: true };
});
