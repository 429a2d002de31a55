import { useSignal } from "@preact/signals";
import { LANGUAGE_NAMES, TAGS, type Tag } from "@stoa/i18n";
import { Button, Checkbox, Dialog, TextField } from "@stoa/ui";
import { changeStaff, type Staff } from "../api/session.ts";
import { useForm } from "../app/form.ts";
import { t } from "../app/texts.ts";
import { FormProblem } from "../session/gate.tsx";

interface Props {
  person: Staff;
  onDone: (changed: Staff) => void;
  onClose: () => void;
}

const isTag = (tag: string): tag is Tag => TAGS.some((known) => known === tag);

/** Returns the words of a list that commas separate, each once and as they are compared. */
export function skillsIn(text: string): string[] {
  const words = text.split(",").map((word) => word.trim().toLowerCase());
  return [...new Set(words.filter(Boolean))];
}

/** In which languages somebody takes calls, and what they know best. */
export function SkillsDialog({ person, onDone, onClose }: Props) {
  const languages = useSignal<readonly Tag[]>(person.languages.filter(isTag));
  const skills = useSignal(person.skills.join(", "));
  const form = useForm(() => [[...languages.peek()].sort(), skills.peek()]);
  const onSubmit = form.submit(async () => {
    const body = { languages: [...languages.value], skills: skillsIn(skills.value) };
    onDone(await changeStaff(person.id, body));
  });
  const toggle = (tag: Tag, isChosen: boolean) => {
    const others = languages.peek().filter((one) => one !== tag);
    languages.value = isChosen ? [...others, tag] : others;
  };
  return (
    <Dialog
      title={t("people.skillsOf", { name: person.name })}
      closeLabel={t("action.close")}
      onClose={() => form.leave(onClose)}
    >
      <form class="stack" onSubmit={onSubmit} noValidate>
        <FormProblem text={form.summary()} />
        <fieldset class="plain-fieldset stack">
          <legend class="ui-label">{t("people.languages")}</legend>
          {TAGS.map((tag) => (
            <Checkbox
              key={tag}
              label={LANGUAGE_NAMES[tag]}
              checked={languages.value.includes(tag)}
              onChange={(isChosen) => toggle(tag, isChosen)}
            />
          ))}
          <p class="ui-hint">{t("people.languagesHint")}</p>
        </fieldset>
        <TextField
          label={t("people.skills")}
          hint={t("people.skillsHint")}
          value={skills.value}
          error={form.errorLike("skills")}
          onInput={(event) => (skills.value = event.currentTarget.value)}
        />
        <Button look="primary" type="submit" busy={form.isBusy.value}>
          {t("action.save")}
        </Button>
      </form>
    </Dialog>
  );
}
