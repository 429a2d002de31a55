import { computed } from "@preact/signals";
import { readTeams, type Team, type Teams } from "../api/teams.ts";
import { follow } from "../app/live.ts";
import { resource } from "../app/resource.ts";

const known = resource(readTeams);

/** How teams are set up, as far as it is known. */
export const teamsState = known.state;
export const loadTeams = known.load;

/** Takes what the server answered to a change. */
export function takeTeams(now: Teams): void {
  if (known.state.peek().value) known.change(() => now);
  else void known.load();
}

export const teams = computed<readonly Team[]>(() => known.state.value.value?.teams ?? []);

/** Returns the name of a team, or null while or when it is not known. */
export function teamName(id: string | null): string | null {
  return teams.value.find((team) => team.id === id)?.name ?? null;
}

/** Returns the teams somebody is in. */
export function teamsOf(staffId: string): ReadonlySet<string> {
  const own = teams.peek().filter((team) => team.member_ids.includes(staffId));
  return new Set(own.map(({ id }) => id));
}

/** Whether it is for a team that this member of staff is not in. */
export function isOfOtherTeam(teamId: string | null, staffId: string): boolean {
  const team = teams.peek().find(({ id }) => id === teamId);
  return team !== undefined && !team.member_ids.includes(staffId);
}

/** Returns every queue, called by its team's name, and by its own where the team has several. */
export function queueNames(): [id: string, name: string][] {
  return teams.value.flatMap((team) =>
    team.queues.map((queue): [string, string] => [
      queue.id,
      team.queues.length > 1 ? `${team.name} · ${queue.name}` : team.name,
    ]),
  );
}

/** Knows the teams from now on, and asks again whenever they are changed; returns how to stop. */
export function startTeams(): () => void {
  const again = () => void loadTeams();
  again();
  const stop = follow("teams", null, { onEvent: again, joined: again });
  return () => {
    stop();
    known.clear();
  };
}
