import { computed } from "@preact/signals";
import type { ConversationRow } from "../api/conversations.ts";
import type { Tag } from "../api/teamwork.ts";
import { changeStart, start } from "../session/store.ts";

const byId = computed(() => new Map(start.value?.tags.map((tag) => [tag.id, tag])));

/** Returns the tag an id means: what was merged is the other one, what was removed is nothing. */
export function tagOf(id: string): Tag | null {
  const tag = byId.value.get(id);
  if (!tag?.merged_into) return tag ?? null;
  return byId.value.get(tag.merged_into) ?? null;
}

/** Returns the tags a conversation shows, each once, by name. */
export function tagsOf(row: Pick<ConversationRow, "tag_ids">): Tag[] {
  const found = new Map<string, Tag>();
  for (const id of row.tag_ids) {
    const tag = tagOf(id);
    if (tag) found.set(tag.id, tag);
  }
  return [...found.values()].sort((a, b) => a.name.localeCompare(b.name));
}

/** The tags a shop gives now, by name. */
export function tagsOfShop(shopId: string | undefined): Tag[] {
  return [...byId.value.values()]
    .filter((tag) => tag.shop_id === shopId && !tag.merged_into)
    .sort((a, b) => a.name.localeCompare(b.name));
}

/** Takes a tag over, as an event or an answer says; what is known already stays if it is newer. */
export function takeTag(tag: Tag): void {
  const known = start.peek()?.tags ?? [];
  const before = known.find(({ id }) => id === tag.id);
  if (before && before.version >= tag.version) return;
  const rest = known.filter(({ id }) => id !== tag.id);
  changeStart({ tags: tag.is_removed ? rest : [...rest, tag] });
}
