import type { CustomerMergePreview, ErasurePreview } from "../api/customers.ts";
import { ct } from "./words.ts";

const COUNTED = [
  "conversations",
  "messages",
  "files",
  "orders",
  "recordings",
  "visitors",
  "points",
  "notes",
  "visits",
] as const;

/** What moves or goes, counted; what there is none of is left out. */
export function Moves({ of }: { of: CustomerMergePreview | ErasurePreview }) {
  const counts: Partial<Record<(typeof COUNTED)[number], number>> = { ...numbersOf(of) };
  const items = COUNTED.filter((name) => counts[name]);
  if (items.length === 0) return <p class="quiet">{ct("merge.moves.none")}</p>;
  return (
    <ul class="customer-moves">
      {items.map((name) => (
        <li key={name}>{ct(`count.${name}`, { count: counts[name] ?? 0 })}</li>
      ))}
    </ul>
  );
}

function numbersOf(of: object): Record<string, number> {
  return Object.fromEntries(Object.entries(of).filter(([, value]) => typeof value === "number"));
}
