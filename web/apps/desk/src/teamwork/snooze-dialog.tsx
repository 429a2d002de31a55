import { useSignal } from "@preact/signals";
import { Button, Dialog, TextField } from "@stoa/ui";
import { formats, t } from "../app/texts.ts";
import { actOn } from "./acts.ts";
import { clearMarks } from "./selection.ts";
import { choicesOf, localField } from "./times.ts";

const WORDS = {
  hour: "snooze.hour",
  evening: "snooze.evening",
  tomorrow: "snooze.tomorrow",
  monday: "snooze.monday",
  week: "snooze.week",
} as const;

/** Until when conversations are put aside. */
export function SnoozeDialog({ ids, onClose }: { ids: readonly string[]; onClose: () => void }) {
  const now = new Date();
  const own = useSignal(localField(new Date(now.getTime() + 2 * 3_600_000)));
  async function choose(until: Date | null) {
    onClose();
    const acts = [{ do: "snooze" as const, until: until?.toISOString() ?? null }];
    if (await actOn(ids, acts, t("snooze.done", { count: ids.length }))) clearMarks();
  }
  return (
    <Dialog title={t("snooze.title")} closeLabel={t("action.close")} onClose={onClose}>
      <div class="stack">
        <p class="quiet">{t("snooze.hint")}</p>
        <ul class="choices">
          {choicesOf(now).map(([when, moment]) => (
            <li key={when}>
              <button type="button" class="choice" onClick={() => choose(moment)}>
                <span class="grow">{t(WORDS[when])}</span>
                <span class="quiet">{formats().moment(moment.toISOString())}</span>
              </button>
            </li>
          ))}
          <li>
            <button type="button" class="choice" onClick={() => choose(null)}>
              {t("snooze.untilAnswer")}
            </button>
          </li>
        </ul>
        <form
          class="columns"
          onSubmit={(event) => {
            event.preventDefault();
            const moment = new Date(own.value);
            if (!Number.isNaN(moment.getTime())) void choose(moment);
          }}
        >
          <TextField
            label={t("snooze.own")}
            type="datetime-local"
            value={own.value}
            min={localField(now)}
            required
            onInput={(event) => (own.value = event.currentTarget.value)}
          />
          <Button type="submit">{t("snooze.set")}</Button>
        </form>
      </div>
    </Dialog>
  );
}
