import alert from "lucide:circle-alert";
import { LANGUAGE_NAMES, TAGS, type Tag } from "@stoa/i18n";
import { Banner, SelectField } from "@stoa/ui";
import type { ComponentChildren } from "preact";
import { language, speak, t } from "../app/texts.ts";

/** The page before the desk: one sheet, the language below it. */
export function Gate({ title, children }: { title: string; children: ComponentChildren }) {
  return (
    <main class="gate">
      <div class="gate-sheet">
        <p class="gate-brand">Stoa</p>
        <h1>{title}</h1>
        {children}
      </div>
      <SelectField
        label={t("signin.language")}
        hideLabel
        value={language.value}
        options={TAGS.map((tag) => [tag, LANGUAGE_NAMES[tag]] as const)}
        onChange={(event) => speak(event.currentTarget.value as Tag)}
      />
    </main>
  );
}

/** What went wrong with a form as a whole. */
export function FormProblem({ text }: { text: string | null }) {
  return text ? (
    <Banner tone="bad" icon={alert}>
      {text}
    </Banner>
  ) : null;
}
