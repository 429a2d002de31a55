import { Dialog } from "@stoa/ui";
import { t } from "../app/texts.ts";
import { presenceOf } from "../session/presence.ts";
import { me, staff } from "../session/store.ts";
import { actOn } from "./acts.ts";
import { clearMarks } from "./selection.ts";

/** Whose the conversations become. */
export function AssignDialog({ ids, onClose }: { ids: readonly string[]; onClose: () => void }) {
  const isThere = (id: string) => presenceOf(id) === "available";
  const isMe = (id: string) => id === me.value?.id;
  const people = staff.value
    .filter(({ is_active }) => is_active)
    .sort(
      (a, b) =>
        Number(isMe(b.id)) - Number(isMe(a.id)) ||
        Number(isThere(b.id)) - Number(isThere(a.id)) ||
        a.name.localeCompare(b.name),
    );
  async function give(staffId: string | null) {
    onClose();
    if (await actOn(ids, [{ do: "assign", staff_id: staffId }])) clearMarks();
  }
  return (
    <Dialog title={t("bulk.assign")} closeLabel={t("action.close")} onClose={onClose}>
      <ul class="choices">
        {people.map(({ id, name }) => (
          <li key={id}>
            <button type="button" class="choice" onClick={() => give(id)}>
              <span class="grow">{isMe(id) ? t("conversation.you") : name}</span>
              <span class={`presence-word ${isThere(id) ? "is-there" : ""}`}>
                {t(isThere(id) ? "presence.available" : "presence.away")}
              </span>
            </button>
          </li>
        ))}
        <li>
          <button type="button" class="choice" onClick={() => give(null)}>
            {t("bulk.nobody")}
          </button>
        </li>
      </ul>
    </Dialog>
  );
}
