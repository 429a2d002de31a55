import type { CallCard, CallFact, CallRow, Leg } from "../api/calls.ts";
import { maybeText, t } from "../app/texts.ts";

/** The name a caller goes by. */
export function callerName(call: Pick<CallRow, "contact_name">): string {
  return call.contact_name || t("conversation.visitor");
}

/** The name of somebody in a call. */
export function legName(leg: Leg, call: CallRow): string {
  return leg.role === "customer" ? callerName(call) : leg.name;
}

const ENDS = {
  completed: "call.ended.completed",
  abandoned: "call.ended.abandoned",
  missed: "call.ended.missed",
  declined: "call.ended.declined",
  no_answer: "call.ended.noAnswer",
  voicemail: "call.ended.voicemail",
  called_back: "call.ended.calledBack",
  lost: "call.ended.lost",
  failed: "call.ended.failed",
} as const;

const STATES = {
  calling: "call.state.calling",
  queued: "call.state.queued",
  ringing: "call.state.ringing",
  active: "call.state.active",
  voicemail: "call.state.voicemail",
  callback: "call.state.callback",
} as const;

type Ending = keyof typeof ENDS;
const isEnding = (reason: string | null): reason is Ending => reason !== null && reason in ENDS;

/** How a call stands, or how it ended, in words. */
export function stateWords({ state, end_reason }: Pick<CallCard, "state" | "end_reason">): string {
  if (state !== "ended") return t(STATES[state]);
  return t(isEnding(end_reason) ? ENDS[end_reason] : ENDS.completed);
}

/** What an agent did, though the customer's side of the story does not say who. */
const AGENTS_FACTS: readonly string[] = ["rang", "joined", "transferred", "took_over"];

/** Something that happened in a call, in words; what this desk has no words for is told plainly. */
export function factWords({ fact, name, to_name }: CallFact, customer: string): string {
  const who = name ?? (AGENTS_FACTS.includes(fact) ? t("call.somebody") : customer);
  const key = fact.replace(/_(\w)/g, (_, letter: string) => letter.toUpperCase());
  const text = maybeText(`call.fact.${key}`) ?? fact.replaceAll("_", " ");
  return text.replaceAll("{name}", who).replaceAll("{to}", to_name ?? "");
}

const QUALITIES = {
  good: "quality.good",
  fair: "quality.fair",
  poor: "quality.poor",
} as const;

export const qualityWord = (verdict: keyof typeof QUALITIES): string => t(QUALITIES[verdict]);
