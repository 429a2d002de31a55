import type { TeamInput, TeamsView, WeightView } from "@stoa/protocol";
import { http } from "../app/http.ts";

export type {
  InboxName,
  QueueInput,
  QueueView as Queue,
  Rule,
  TeamInput,
  TeamsView as Teams,
  TeamView as Team,
  WeightView as Weight,
} from "@stoa/protocol";

export const readTeams = (): Promise<TeamsView> => http.get("/api/desk/teams");
export const makeTeam = (team: TeamInput): Promise<TeamsView> => http.post("/api/desk/teams", team);
export const changeTeam = (id: string, team: TeamInput): Promise<TeamsView> =>
  http.put(`/api/desk/teams/${id}`, team);
export const removeTeam = (id: string): Promise<TeamsView> => http.delete(`/api/desk/teams/${id}`);
export const setCapacity = (staffId: string, conversations: number | null): Promise<TeamsView> =>
  http.put(`/api/desk/staff/${staffId}/capacity`, { conversations });
export const setWeights = (weights: WeightView[]): Promise<TeamsView> =>
  http.put("/api/desk/channel-weights", { weights });
