// Another page of the call: its line, what it shows, how it draws what it is shown.
import { Link, type LinkState, type LinkWiring } from "./link.ts";
import type { Shows, Source } from "./messages.ts";
import { Pacer } from "./pacer.ts";

export interface Party {
  readonly legId: string;
  readonly page: string;
  shows: Shows;
  drawn: Partial<Record<Source, number>>;
  link: Link | null;
  pacer: Pacer | null;
}

export function newParty(legId: string, page: string): Party {
  return { legId, page, shows: {}, drawn: {}, link: null, pacer: null };
}

/** The line to this page, opened when there is none. */
export function ensureLink(party: Party, ownPage: string, wiring: LinkWiring): Link {
  if (party.link) return party.link;
  party.link = new Link(ownPage, party.page, wiring);
  party.pacer = new Pacer(party.link);
  return party.link;
}

export function stateOf(party: Party): LinkState {
  return party.link?.state ?? "new";
}

const WORST_FIRST: readonly LinkState[] = ["failed", "broken", "connecting", "live"];

/** How the lines that carry something are, as one word. */
export function worst(states: readonly LinkState[]): LinkState {
  return WORST_FIRST.find((state) => states.includes(state)) ?? "new";
}
