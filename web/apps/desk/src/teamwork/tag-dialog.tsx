import plus from "lucide:plus";
import { useSignal } from "@preact/signals";
import { Button, Checkbox, Dialog, TextField } from "@stoa/ui";
import { type Act, makeTag, type Tag } from "../api/teamwork.ts";
import { perform } from "../app/act.ts";
import { folded, matches } from "../app/folded.ts";
import { t } from "../app/texts.ts";
import { rowOf } from "../conversations/list-store.ts";
import { shopOf } from "../session/store.ts";
import { actOn } from "./acts.ts";
import { clearMarks, marked } from "./selection.ts";
import { tagsOf, tagsOfShop, takeTag } from "./tags.ts";

interface TagDialogProps {
  ids: readonly string[];
  onClose: () => void;
}

/** Gives tags to conversations and takes them away; what is not there yet is made on the way. */
export function TagDialog({ ids, onClose }: TagDialogProps) {
  const wish = useSignal("");
  const changes = useSignal<ReadonlyMap<string, boolean>>(new Map());
  const isBusy = useSignal(false);
  const rows = ids.flatMap((id) => rowOf(id) ?? []);
  const shopId = rows[0]?.shop_id ?? shopOf()?.id;
  const counts = new Map<string, number>();
  for (const row of rows) {
    for (const { id } of tagsOf(row)) counts.set(id, (counts.get(id) ?? 0) + 1);
  }
  const has = (tag: Tag) => changes.value.get(tag.id) ?? counts.get(tag.id) === rows.length;
  const all = tagsOfShop(shopId);
  const found = all.filter(({ name }) => matches(name, wish.value));
  const name = wish.value.trim();
  const isKnown = all.some((tag) => folded(tag.name) === folded(name));
  const set = (id: string, isOn: boolean) => {
    changes.value = new Map(changes.peek()).set(id, isOn);
  };

  async function make() {
    // A key that is held asks again before the first is answered.
    if (!shopId || !name || isBusy.peek()) return;
    isBusy.value = true;
    await perform(async () => {
      const tag = await makeTag(shopId, { name });
      takeTag(tag);
      set(tag.id, true);
      if (wish.peek().trim() === name) wish.value = "";
    });
    isBusy.value = false;
  }

  async function save(event: Event) {
    event.preventDefault();
    if (isBusy.value) return;
    const [first] = found;
    if (name && !isKnown) return make();
    if (name) {
      if (first) set(first.id, !has(first));
      wish.value = "";
      return;
    }
    const chosen = [...changes.value];
    const add = chosen.filter(([, isOn]) => isOn).map(([id]) => id);
    const drop = chosen.filter(([, isOn]) => !isOn).map(([id]) => id);
    const acts: Act[] = [
      ...(add.length ? [{ do: "tag" as const, tag_ids: add }] : []),
      ...(drop.length ? [{ do: "untag" as const, tag_ids: drop }] : []),
    ];
    isBusy.value = true;
    const isDone = acts.length === 0 || (await actOn(ids, acts));
    isBusy.value = false;
    if (isDone && ids.length > 1 && marked.peek().size > 0) clearMarks();
    onClose();
  }

  return (
    <Dialog title={t("tags.edit")} closeLabel={t("action.close")} onClose={onClose}>
      <form class="stack" onSubmit={save}>
        <TextField
          label={t("tags.find")}
          value={wish.value}
          maxLength={40}
          autocomplete="off"
          onInput={(event) => (wish.value = event.currentTarget.value)}
        />
        <div class="tag-choices" role="group" aria-label={t("tags.edit")}>
          {found.map((tag) => (
            <Checkbox
              key={tag.id}
              label={tag.name}
              checked={has(tag)}
              onChange={(isOn) => set(tag.id, isOn)}
            />
          ))}
          {all.length === 0 && !name && <p class="quiet">{t("tags.none")}</p>}
        </div>
        {name && !isKnown && (
          <Button icon={plus} onClick={make}>
            {t("tags.make", { name })}
          </Button>
        )}
        <Button look="primary" type="submit" busy={isBusy.value}>
          {t("action.save")}
        </Button>
      </form>
    </Dialog>
  );
}
