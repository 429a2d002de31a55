import down from "lucide:arrow-down";
import up from "lucide:arrow-up";
import trash from "lucide:trash-2";
import { useSignal } from "@preact/signals";
import { Button, Checkbox, Dialog, IconButton, TextField } from "@stoa/ui";
import {
  changeView,
  createView,
  deleteView,
  type Filters,
  orderViews,
  type SavedView,
} from "../api/teamwork.ts";
import { perform } from "../app/act.ts";
import { useForm } from "../app/form.ts";
import { go, route } from "../app/router.ts";
import { t } from "../app/texts.ts";
import { loadMore, resetView } from "../conversations/list-store.ts";
import { FormProblem } from "../session/gate.tsx";
import { mayActAs, me } from "../session/store.ts";
import { FilterFields } from "./filter-fields.tsx";
import { EVERYTHING, keyOfView, takeViews, views } from "./views.ts";

/** Moves one of one's own views a place up or down. */
async function move(view: SavedView, by: 1 | -1) {
  const own = views.peek().filter(({ staff_id }) => staff_id === me.peek()?.id);
  const from = own.findIndex(({ id }) => id === view.id);
  const other = own[from + by];
  if (!other) return;
  own[from + by] = view;
  own[from] = other;
  await perform(async () => {
    await orderViews(own.map(({ id }) => id));
    takeViews((all) => [...all.filter(({ staff_id }) => staff_id !== me.peek()?.id), ...own]);
  });
}

async function remove(view: SavedView, onClose: () => void) {
  onClose();
  const at = route.peek();
  if (at.page === "inbox" && at.view === keyOfView(view))
    go({ page: "inbox", view: "all", id: null });
  await perform(
    async () => {
      await deleteView(view.id);
      takeViews((all) => all.filter(({ id }) => id !== view.id));
    },
    {
      text: t("views.deleted", { name: view.name }),
      run: async () => {
        const { name, filters, is_shared } = view;
        const again = await createView({ name, filters, is_shared });
        takeViews((all) => [...all, again]);
      },
    },
  );
}

/** Puts a view together, or changes the one on the screen. */
export function ViewDialog({ id, onClose }: { id: string | null; onClose: () => void }) {
  const view = views.value.find((one) => one.id === id) ?? null;
  const isOwn = view?.staff_id === me.value?.id;
  const mayShare = mayActAs("supervisor");
  const mayChange = view !== null && (isOwn || (view.is_shared && mayShare));
  const isNew = useSignal(!mayChange);
  const changed = isNew.value ? null : view;
  const name = useSignal(changed?.name ?? "");
  const filters = useSignal<Filters>(view?.filters ?? EVERYTHING);
  const isShared = useSignal(changed?.is_shared ?? false);
  const form = useForm(() => [name.peek(), filters.peek(), isShared.peek()]);

  const submit = form.submit(async () => {
    const body = { name: name.value, filters: filters.value, is_shared: isShared.value };
    const saved = changed ? await changeView(changed.id, body) : await createView(body);
    takeViews((all) =>
      changed ? all.map((one) => (one.id === saved.id ? saved : one)) : [...all, saved],
    );
    form.keep();
    onClose();
    resetView(keyOfView(saved));
    go({ page: "inbox", view: keyOfView(saved), id: null });
    void loadMore(keyOfView(saved));
  });

  return (
    <Dialog
      title={t(changed ? "views.change" : "views.new")}
      closeLabel={t("action.close")}
      onClose={() => form.leave(onClose)}
    >
      <form class="stack" onSubmit={submit} noValidate>
        <FormProblem text={form.summary()} />
        <TextField
          label={t("views.name")}
          value={name.value}
          error={form.errorOf("name")}
          maxLength={60}
          onInput={(event) => (name.value = event.currentTarget.value)}
        />
        <FilterFields filters={filters.value} onChange={(next) => (filters.value = next)} />
        {mayShare && (
          <Checkbox
            label={t("views.share")}
            checked={isShared.value}
            onChange={(isOn) => (isShared.value = isOn)}
          />
        )}
        <div class="row-actions">
          <Button
            look="primary"
            type="submit"
            busy={form.isBusy.value}
            disabled={!name.value.trim()}
          >
            {t("action.save")}
          </Button>
          {changed && (
            <>
              <Button onClick={() => (isNew.value = true)}>{t("views.copy")}</Button>
              {isOwn && (
                <>
                  <IconButton icon={up} label={t("views.up")} onClick={() => move(changed, -1)} />
                  <IconButton
                    icon={down}
                    label={t("views.down")}
                    onClick={() => move(changed, 1)}
                  />
                </>
              )}
              <IconButton
                icon={trash}
                tone="danger"
                label={t("views.delete")}
                onClick={() => remove(changed, onClose)}
              />
            </>
          )}
        </div>
      </form>
    </Dialog>
  );
}
