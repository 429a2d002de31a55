import type { Queue, Team } from "../api/teams.ts";

interface Member {
  readonly id: string;
  readonly is_active: boolean;
  readonly locale: string;
  readonly languages: readonly string[];
  readonly skills: readonly string[];
}

/** What a queue gives to nobody: everything, or what is written in these languages. */
export interface Gap {
  readonly queue: Queue;
  readonly languages: readonly string[] | null;
}

/** The queues of a team whose customers would wait for ever, because no member can take them.
 * `shopLanguages`: what customers may speak where the team is for all of them. */
export function gapsOf(
  team: Team,
  people: readonly Member[],
  shopLanguages: readonly string[],
): Gap[] {
  const members = people.filter(({ id, is_active }) => is_active && team.member_ids.includes(id));
  const gaps: Gap[] = [];
  for (const queue of team.queues) {
    const takesNothing = !queue.takes_counter && queue.inbox_ids.length === 0;
    if (queue.rule === "manual" || queue.overflow_queue_id || takesNothing) continue;
    const able = members.filter(({ skills }) => queue.skills.every((one) => skills.includes(one)));
    const spoken = able.flatMap(({ languages, locale }) =>
      languages.length ? languages : [locale],
    );
    const asked = team.languages.length ? team.languages : shopLanguages;
    const missing = asked.filter((one) => !spoken.includes(one));
    if (able.length === 0) gaps.push({ queue, languages: null });
    else if (queue.needs_language && missing.length) gaps.push({ queue, languages: missing });
  }
  return gaps;
}
