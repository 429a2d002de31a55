import type { CallRow, CallState, Leg, Offer } from "../api/calls.ts";

/** A call that rings at somebody, and the ring. */
export interface Ringing {
  readonly call: CallRow;
  readonly offer: Offer;
}

/** A call somebody is in, and their place in it. */
export interface Seat {
  readonly call: CallRow;
  readonly leg: Leg;
}

const WAITS: readonly CallState[] = ["queued", "ringing", "voicemail"];

const longestFirst = (a: CallRow, b: CallRow): number =>
  Date.parse(a.queued_at ?? a.created_at) - Date.parse(b.queued_at ?? b.created_at) ||
  (a.id < b.id ? -1 : 1);

/** Returns the calls with one added, replaced or (when it is over) removed; the newer state wins. */
export function withCall(
  calls: ReadonlyMap<string, CallRow>,
  one: CallRow,
): ReadonlyMap<string, CallRow> {
  const known = calls.get(one.id);
  if (known && known.version >= one.version) return calls;
  const changed = new Map(calls);
  if (one.state === "ended") changed.delete(one.id);
  else changed.set(one.id, one);
  return changed;
}

/** Returns the call with those who listen to it and are known to supervisors alone. */
export function withListeners(call: CallRow, listeners: readonly Leg[]): CallRow {
  const unknown = listeners.filter(({ id }) => !call.legs.some((leg) => leg.id === id));
  return unknown.length > 0 ? { ...call, legs: [...call.legs, ...unknown] } : call;
}

/** Returns what rings at a member of staff, the first ring first. */
export function ringsAt(calls: Iterable<CallRow>, staffId: string | undefined): Ringing[] {
  return [...calls]
    .flatMap((call) => call.offers.map((offer) => ({ call, offer })))
    .filter(({ offer }) => offer.staff_id === staffId && offer.state === "offered")
    .sort((a, b) => Date.parse(a.offer.offered_at) - Date.parse(b.offer.offered_at));
}

/** Returns the call a member of staff is in, if there is one. */
export function seatOf(calls: Iterable<CallRow>, staffId: string | undefined): Seat | null {
  for (const call of calls) {
    const leg = call.legs.find((one) => one.staff_id === staffId && one.state !== "left");
    if (leg && call.state !== "ended") return { call, leg };
  }
  return null;
}

/** Returns who waits on the line, the longest first. */
export function waitingOf(calls: Iterable<CallRow>): CallRow[] {
  return [...calls].filter(({ state }) => WAITS.includes(state)).sort(longestFirst);
}

/** Returns who waits to be called back, the longest first. */
export function callbacksOf(calls: Iterable<CallRow>): CallRow[] {
  return [...calls].filter(({ state }) => state === "callback").sort(longestFirst);
}

/** Returns the conversations that go on by voice, the oldest first. */
export function talksOf(calls: Iterable<CallRow>): CallRow[] {
  return [...calls]
    .filter(({ state }) => state === "active")
    .sort((a, b) => Date.parse(a.answered_at ?? "") - Date.parse(b.answered_at ?? ""));
}

/** Returns those who speak or listen, without the one asking and those who have gone. */
export function othersIn({ call, leg }: Seat): Leg[] {
  return call.legs.filter((one) => one.id !== leg.id && one.state !== "left");
}

export type Consultation =
  | { readonly is: "none" }
  | { readonly is: "ringing"; readonly offer: Offer }
  | { readonly is: "talking"; readonly colleague: Leg };

/** Returns how far this person has come with asking a colleague: the customer waits meanwhile,
 * though the one who asks holds nobody. */
export function consultationOf({ call, leg }: Seat): Consultation {
  const offer = call.offers.find(({ kind, state, by_name }) => {
    return kind === "attended" && state === "offered" && by_name === leg.name;
  });
  if (offer) return { is: "ringing", offer };
  const customer = call.legs.find(({ role }) => role === "customer");
  const own = call.facts.findLast(({ fact, name }) => {
    return (fact === "held" || fact === "resumed") && name === leg.name;
  });
  if (!customer?.is_held || leg.is_held || own?.fact !== "held") return { is: "none" };
  const joined = call.facts.filter(({ fact, at }) => fact === "joined" && at >= own.at).at(-1);
  const colleague = othersIn({ call, leg }).find(
    ({ role, mode, name }) => role === "agent" && mode === "talk" && name === joined?.name,
  );
  return colleague ? { is: "talking", colleague } : { is: "none" };
}

/** How a call stands for the person in it, in one word. */
export type Standing = "ringing" | "connecting" | "held" | "holding" | "lost" | "talking";

/** Returns how the call stands: who waits for whom. */
export function standingOf({ call, leg }: Seat): Standing {
  if (call.state === "calling") return "ringing";
  if (leg.is_held) return "holding";
  const customer = call.legs.find(({ role }) => role === "customer");
  if (customer?.state === "away") return "lost";
  if (customer?.is_held) return "held";
  return leg.state === "connected" ? "talking" : "connecting";
}

interface Colleague {
  readonly name: string;
  readonly locale: string;
  readonly languages: readonly string[];
  readonly skills: readonly string[];
}

/** The languages somebody takes calls in: what was set for them, or else their own. */
export function languagesOf({ languages, locale }: Colleague): readonly string[] {
  return languages.length > 0 ? languages : [locale];
}

/** Returns colleagues with those first who are free, speak the caller's language and have the skill
 * the call asks for, in this order; equal ones by name. */
export function whoCanHelp<Person extends Colleague & { readonly id: string }>(
  people: readonly Person[],
  call: Pick<CallRow, "locale" | "skill">,
  isFree: (id: string) => boolean,
): Person[] {
  const fit = (person: Person) =>
    4 * Number(isFree(person.id)) +
    2 * Number(languagesOf(person).includes(call.locale)) +
    Number(call.skill !== null && person.skills.includes(call.skill));
  return [...people].sort((a, b) => fit(b) - fit(a) || a.name.localeCompare(b.name));
}
