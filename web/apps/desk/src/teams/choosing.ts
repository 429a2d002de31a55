import { folded, matches } from "../app/folded.ts";

/** One of many that can be chosen. */
export interface Choice<Id extends string> {
  readonly id: Id;
  readonly label: string;
  /** By what else it is found. */
  readonly also?: string;
}

/** From how many on one looks for them by name. */
export const FIND_FROM = 9;

/** Those that fit what is looked for. */
export function found<Id extends string>(choices: readonly Choice<Id>[], wish: string) {
  return choices.filter(({ label, also = "" }) => matches(`${label} ${also}`, wish.trim()));
}

/** Those chosen before the others, each by name: who is in is seen without looking for them. */
export function chosenFirst<Id extends string>(
  choices: readonly Choice<Id>[],
  chosen: readonly Id[],
): Choice<Id>[] {
  const rank = ({ id }: Choice<Id>) => (chosen.includes(id) ? 0 : 1);
  return [...choices].sort(
    (one, other) => rank(one) - rank(other) || folded(one.label).localeCompare(folded(other.label)),
  );
}

/** Every skill that somebody has or the list names, once. */
export function knownSkills(
  people: readonly { readonly skills: readonly string[] }[],
  named: readonly string[],
): string[] {
  return [...new Set([...people.flatMap(({ skills }) => skills), ...named])].sort();
}
