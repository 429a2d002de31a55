import plus from "lucide:plus";
import { useSignal } from "@preact/signals";
import { LANGUAGE_NAMES, TAGS, type Tag } from "@stoa/i18n";
import { Button, Dialog, TextField } from "@stoa/ui";
import type { Staff } from "../api/session.ts";
import { changeTeam, makeTeam, removeTeam, type Team } from "../api/teams.ts";
import { useAct } from "../app/act.ts";
import { useForm } from "../app/form.ts";
import { formats, t } from "../app/texts.ts";
import { FormProblem } from "../session/gate.tsx";
import { staff, start } from "../session/store.ts";
import { Choices } from "./choices.tsx";
import type { Choice } from "./choosing.ts";
import { newQueue, queueDraft, teamInput } from "./draft.ts";
import { QueuePart } from "./queue.tsx";
import { takeTeams } from "./store.ts";

const isTag = (tag: string): tag is Tag => TAGS.some((known) => known === tag);

/** A person is also found by what they speak and know best. */
function memberChoice({ id, name, locale, languages, skills }: Staff): Choice<string> {
  const spoken = (languages.length ? languages : [locale]).map(formats().languageName);
  return { id, label: name, also: [...spoken, ...skills].join(" ") };
}

/** Makes a team, or changes it with all its queues. */
export function TeamDialog({ team, onClose }: { team: Team | null; onClose: () => void }) {
  const name = useSignal(team?.name ?? "");
  const languages = useSignal<readonly Tag[]>((team?.languages ?? []).filter(isTag));
  const shops = useSignal<readonly string[]>(team?.shop_ids ?? []);
  const members = useSignal<readonly string[]>(team?.member_ids ?? []);
  const queues = useSignal(team ? team.queues.map(queueDraft) : [newQueue("")]);
  const form = useForm(() => [
    name.peek().trim(),
    ...[languages, shops, members].map((chosen) => [...chosen.peek()].sort()),
    queues.peek().map(({ key, ...queue }) => queue),
  ]);
  const onSubmit = form.submit(async () => {
    const chosen = { shop_ids: [...shops.value], member_ids: [...members.value] };
    const body = teamInput(
      { name: name.value, languages: [...languages.value], ...chosen },
      queues.value,
    );
    takeTeams(team ? await changeTeam(team.id, body) : await makeTeam(body));
    onClose();
  });
  const allShops = start.value?.shops ?? [];
  const people = staff.value.filter(({ id, is_active }) => is_active || members.value.includes(id));
  return (
    <Dialog
      title={team ? t("teams.change") : t("teams.new")}
      closeLabel={t("action.close")}
      onClose={() => form.leave(onClose)}
      wide
    >
      <form class="stack" onSubmit={onSubmit} noValidate>
        <FormProblem text={form.summary()} />
        <TextField
          label={t("teams.name")}
          value={name.value}
          maxLength={80}
          autofocus
          error={form.errorOf("name")}
          onInput={(event) => (name.value = event.currentTarget.value)}
        />
        <Choices
          legend={t("teams.members")}
          find={t("teams.findMembers")}
          choices={people.map(memberChoice)}
          chosen={members.value}
          onChange={(chosen) => (members.value = chosen)}
        />
        <Choices
          legend={t("teams.languages")}
          hint={t("teams.languagesHint")}
          choices={TAGS.map((tag) => ({ id: tag, label: LANGUAGE_NAMES[tag] }))}
          chosen={languages.value}
          onChange={(chosen) => (languages.value = chosen)}
        />
        {allShops.length > 1 && (
          <Choices
            legend={t("teams.shops")}
            hint={t("teams.shopsHint")}
            find={t("teams.findShops")}
            choices={allShops.map(({ id, name: label }) => ({ id, label }))}
            chosen={shops.value}
            onChange={(chosen) => (shops.value = chosen)}
          />
        )}
        <h3>{t("teams.queues")}</h3>
        {queues.value.map((queue, index) => (
          <QueuePart
            key={queue.key}
            queue={queue}
            index={index}
            form={form}
            onChange={(change) =>
              (queues.value = queues
                .peek()
                .map((one) => (one.key === queue.key ? { ...one, ...change } : one)))
            }
            onRemove={() => (queues.value = queues.peek().filter((one) => one.key !== queue.key))}
          />
        ))}
        <div>
          <Button icon={plus} onClick={() => (queues.value = [...queues.peek(), newQueue("")])}>
            {t("teams.addQueue")}
          </Button>
        </div>
        <Button look="primary" type="submit" busy={form.isBusy.value}>
          {t("action.save")}
        </Button>
      </form>
    </Dialog>
  );
}

/** Asks before a team is removed. */
export function RemoveDialog({ team, onClose }: { team: Team; onClose: () => void }) {
  const act = useAct();
  const remove = () =>
    act.run(async () => {
      takeTeams(await removeTeam(team.id));
      onClose();
    });
  return (
    <Dialog title={t("teams.remove")} closeLabel={t("action.close")} onClose={onClose}>
      <div class="stack">
        <p>{t("teams.removeAsk", { name: team.name })}</p>
        <Button look="danger" busy={act.isBusy} onClick={remove}>
          {t("teams.remove")}
        </Button>
      </div>
    </Dialog>
  );
}
