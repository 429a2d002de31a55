import { LANGUAGE_NAMES, type Tag } from "@stoa/i18n";
import { Button } from "@stoa/ui";
import { t } from "./texts.ts";

/** The languages of a text, of which one is being written; those that have words say so. */
export function LanguageTabs({
  tags,
  chosen,
  choose,
  hasText,
}: {
  tags: readonly Tag[];
  chosen: Tag;
  choose: (tag: Tag) => void;
  hasText: (tag: Tag) => boolean;
}) {
  return (
    <div class="language-tabs" role="group" aria-label={t("signin.language")}>
      {tags.map((tag) => (
        <Button
          key={tag}
          small
          look={tag === chosen ? "primary" : "plain"}
          aria-pressed={tag === chosen}
          onClick={() => choose(tag)}
        >
          {LANGUAGE_NAMES[tag]}
          {hasText(tag) ? " ✓" : ""}
        </Button>
      ))}
    </div>
  );
}
