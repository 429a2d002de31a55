import type { RuleDeed } from "../api/automation.ts";
import { at, maybeAutomation } from "./texts.ts";

/** What was done, or why it was not, in words. */
export function deedWords({
  do: kind,
  detail,
  skipped,
}: Pick<RuleDeed, "do" | "detail" | "skipped">) {
  const key = kind === "assign" && !detail ? "deed.unassign" : `deed.${kind}`;
  const text = (maybeAutomation(key) ?? kind).replace("{detail}", () => detail);
  const reason = skipped && (maybeAutomation(`skipped.${skipped}`) ?? skipped);
  return reason ? `${at(`do.${kind}` as "do.assign")}: ${reason}` : text;
}

export function Deeds({ deeds }: { deeds: readonly RuleDeed[] }) {
  return (
    <ul class="rule-deeds">
      {deeds.map((deed, index) => (
        <li key={index} class={deed.skipped ? "quiet" : ""}>
          {deedWords(deed)}
        </li>
      ))}
    </ul>
  );
}
