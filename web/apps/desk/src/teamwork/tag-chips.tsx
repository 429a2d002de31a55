import type { ConversationRow } from "../api/conversations.ts";
import { tagsOf } from "./tags.ts";

/** A conversation's tags: at most `most` of them, and how many there are besides. */
export function TagChips({ row, most }: { row: ConversationRow; most: number }) {
  const all = tagsOf(row);
  const more = all.length - most;
  return (
    <>
      {all.slice(0, most).map((tag) => (
        <span key={tag.id} class={`tag tag-${tag.tone}`} title={tag.name}>
          {tag.name}
        </span>
      ))}
      {more > 0 && (
        <span class="tag" title={all.map(({ name }) => name).join(", ")}>
          +{more}
        </span>
      )}
    </>
  );
}
