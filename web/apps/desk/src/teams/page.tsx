import pencil from "lucide:pencil";
import plus from "lucide:plus";
import trash from "lucide:trash-2";
import users from "lucide:users-round";
import { useSignal } from "@preact/signals";
import { Badge, Button, Empty, IconButton, Skeleton, TextField } from "@stoa/ui";
import { setCapacity, setWeights, type Team, type Teams, type Weight } from "../api/teams.ts";
import { perform } from "../app/act.ts";
import { Failed } from "../app/failed.tsx";
import { SinglePane } from "../app/panes.tsx";
import { formats, maybeText, t } from "../app/texts.ts";
import { mayActAs, shopOf, staff } from "../session/store.ts";
import { RemoveDialog, TeamDialog } from "./dialog.tsx";
import { type Gap, gapsOf } from "./gaps.ts";
import { loadTeams, takeTeams, teamsState } from "./store.ts";

interface RowProps {
  team: Team;
  onChange: () => void;
  onRemove: () => void;
}

function gapWords({ queue, languages }: Gap): string {
  if (!languages) return t("teams.gap", { queue: queue.name });
  const list = languages.map((one) => formats().languageName(one)).join(", ");
  return t("teams.gapLanguages", { queue: queue.name, list });
}

function TeamRow({ team, onChange, onRemove }: RowProps) {
  const names = staff.value
    .filter(({ id }) => team.member_ids.includes(id))
    .map(({ name }) => name);
  return (
    <li class="block-row">
      <span class="grow">
        <strong>{team.name}</strong>
        <span class="quiet block">{names.join(", ") || t("teams.noMembers")}</span>
        {gapsOf(team, staff.value, shopOf()?.locales ?? []).map((gap) => (
          <span key={gap.queue.id} class="block row">
            <Badge tone="warn">{t("teams.gapTitle")}</Badge> {gapWords(gap)}
          </span>
        ))}
      </span>
      {team.languages.length > 0 && <Badge>{team.languages.join(" ").toUpperCase()}</Badge>}
      {team.queues.map((queue) => (
        <Badge key={queue.id} tone="action">
          {queue.name}
        </Badge>
      ))}
      {mayActAs("supervisor") && (
        <>
          <IconButton
            icon={pencil}
            label={`${t("teams.change")}: ${team.name}`}
            onClick={onChange}
          />
          <IconButton
            icon={trash}
            tone="danger"
            label={`${t("teams.remove")}: ${team.name}`}
            onClick={onRemove}
          />
        </>
      )}
    </li>
  );
}

/** How many conversations each person is given at once; a field is saved when it is left. */
function Capacities({ known }: { known: Teams }) {
  const own = new Map(known.capacities.map((one) => [one.staff_id, one.conversations]));
  const save = (id: string, text: string) => {
    const wanted = text.trim() === "" ? null : Number(text);
    if (wanted === (own.get(id) ?? null)) return;
    void perform(async () => takeTeams(await setCapacity(id, wanted)));
  };
  return (
    <section aria-labelledby="capacity-title">
      <h2 id="capacity-title">{t("teams.capacity")}</h2>
      <p class="page-intro">{t("teams.capacityIntro", { count: known.default_capacity })}</p>
      <ul class="block-list">
        {staff.value
          .filter(({ is_active }) => is_active)
          .map((person) => (
            <li key={person.id} class="block-row">
              <span class="grow">
                {person.name}
                <span class="quiet block">
                  {[(person.languages.length ? person.languages : [person.locale]).join(" ")]
                    .map((languages) => languages.toUpperCase())
                    .concat(person.skills)
                    .join(" · ")}
                </span>
              </span>
              <span class="number-field">
                <TextField
                  label={t("teams.capacityOf", { name: person.name })}
                  hideLabel
                  type="number"
                  min={0}
                  max={50}
                  placeholder={String(known.default_capacity)}
                  value={own.get(person.id) ?? ""}
                  onBlur={(event) => save(person.id, event.currentTarget.value)}
                />
              </span>
            </li>
          ))}
      </ul>
    </section>
  );
}

const channelName = (channel: string) => maybeText(`teams.weight.${channel}`) ?? channel;

/** What a conversation of each channel counts as. */
function Weights({ known }: { known: Teams }) {
  const save = ({ channel, percent }: Weight, text: string) => {
    if (text.trim() === "" || Number(text) === percent) return;
    void perform(async () => takeTeams(await setWeights([{ channel, percent: Number(text) }])));
  };
  return (
    <section aria-labelledby="weights-title">
      <h2 id="weights-title">{t("teams.weights")}</h2>
      <p class="page-intro">{t("teams.weightsIntro")}</p>
      <div class="columns">
        {known.weights.map((weight) => (
          <TextField
            key={weight.channel}
            label={channelName(weight.channel)}
            type="number"
            min={0}
            max={1000}
            value={weight.percent}
            onBlur={(event) => save(weight, event.currentTarget.value)}
          />
        ))}
      </div>
    </section>
  );
}

/** Who serves whom: teams with their queues, and how much everybody is given. */
export function TeamsPage() {
  const editing = useSignal<Team | "new" | null>(null);
  const removing = useSignal<Team | null>(null);
  const { value: known, error } = teamsState.value;
  return (
    <SinglePane>
      <header class="pane-head">
        <h1 class="grow">{t("nav.teams")}</h1>
        {mayActAs("supervisor") && (
          <Button look="primary" icon={plus} onClick={() => (editing.value = "new")}>
            {t("teams.new")}
          </Button>
        )}
      </header>
      <div class="page">
        <p class="page-intro">{t("teams.intro")}</p>
        {error && <Failed error={error} retry={loadTeams} />}
        {!known && !error && <Skeleton lines={5} />}
        {known?.teams.length === 0 && <Empty icon={users} title={t("teams.empty")} />}
        {known && known.teams.length > 0 && (
          <ul class="block-list">
            {known.teams.map((team) => (
              <TeamRow
                key={team.id}
                team={team}
                onChange={() => (editing.value = team)}
                onRemove={() => (removing.value = team)}
              />
            ))}
          </ul>
        )}
        {known && mayActAs("supervisor") && <Capacities known={known} />}
        {known && mayActAs("supervisor") && <Weights known={known} />}
      </div>
      {editing.value && (
        <TeamDialog
          team={editing.value === "new" ? null : editing.value}
          onClose={() => (editing.value = null)}
        />
      )}
      {removing.value && (
        <RemoveDialog team={removing.value} onClose={() => (removing.value = null)} />
      )}
    </SinglePane>
  );
}
