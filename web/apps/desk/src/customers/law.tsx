import download from "lucide:download";
import eraser from "lucide:eraser";
import { useSignal } from "@preact/signals";
import { Banner, Button, Checkbox, Dialog, Skeleton, showToast } from "@stoa/ui";
import { useEffect, useMemo } from "preact/hooks";
import {
  beginExport,
  type CustomerExport,
  type CustomerPage,
  dropExport,
  erase,
  exportPath,
  listExports,
  previewErasure,
} from "../api/customers.ts";
import { useAct } from "../app/act.ts";
import { Failed } from "../app/failed.tsx";
import { useForm } from "../app/form.ts";
import { resource } from "../app/resource.ts";
import { formats, t } from "../app/texts.ts";
import { FormProblem } from "../session/gate.tsx";
import { mayActAs } from "../session/store.ts";
import { titleOf } from "./customer.tsx";
import { Moves } from "./moves.tsx";
import { ct } from "./words.ts";

const LOOK_EVERY_MS = 1000;

function ExportRow({ item, onChange }: { item: CustomerExport; onChange: () => void }) {
  const act = useAct();
  const drop = (label: string) => (
    <Button
      small
      busy={act.isBusy}
      onClick={() =>
        void act.run(async () => {
          await dropExport(item.id);
          onChange();
        })
      }
    >
      {label}
    </Button>
  );
  switch (item.state) {
    case "waiting":
    case "running": {
      const { steps_done: done, steps: total } = item;
      const words = total > 0 ? ct("export.running", { done, total }) : ct("export.waiting");
      return (
        <div class="stack">
          <label>
            {words} <progress max={total || 1} value={total ? done : undefined} />
          </label>
          <div class="row">{drop(ct("export.stop"))}</div>
        </div>
      );
    }
    case "done":
      return (
        <div class="stack">
          <span class="quiet">
            {ct("export.ready", {
              name: item.staff_name,
              date: formats().date(item.expires_at),
            })}
          </span>
          <div class="row wrap">
            <a
              class="ui-button ui-button-plain ui-button-small"
              href={exportPath(item.id)}
              download
            >
              {ct("export.download", { size: formats().fileSize(item.size_bytes ?? 0) })}
            </a>
            {drop(ct("export.drop"))}
          </div>
        </div>
      );
    case "failed":
      return <p class="ui-error">{ct("export.failed")}</p>;
    case "cancelled":
      return null;
  }
}

function Exports({ page }: { page: CustomerPage }) {
  const items = useSignal<readonly CustomerExport[]>(page.exports);
  const act = useAct();
  const look = async () => {
    items.value = (await listExports(page.id)).items;
  };
  const newest = items.value[0];
  const isUnderWay = newest?.state === "waiting" || newest?.state === "running";
  useEffect(() => {
    if (!isUnderWay) return;
    const timer = setInterval(() => void look().catch(() => {}), LOOK_EVERY_MS);
    return () => clearInterval(timer);
  }, [isUnderWay]);
  return (
    <>
      {newest && <ExportRow item={newest} onChange={() => void look()} />}
      {!isUnderWay && (
        <div class="row">
          <Button
            small
            icon={download}
            busy={act.isBusy}
            onClick={() =>
              void act.run(async () => {
                items.value = (await beginExport(page.id)).items;
              })
            }
          >
            {ct("export.do")}
          </Button>
        </div>
      )}
    </>
  );
}

function EraseDialog(props: { page: CustomerPage; onClose: () => void; reload: () => void }) {
  const { page, onClose, reload } = props;
  const source = useMemo(() => resource(() => previewErasure(page.id)), [page.id]);
  useEffect(() => void source.load(), [source]);
  const form = useForm();
  const isSure = useSignal(false);
  const { value, error } = source.state.value;
  const onSubmit = form.submit(async () => {
    if (!value) return;
    try {
      await erase(page.id, { messages: value.messages, conversations: value.conversations });
    } catch (problem) {
      isSure.value = false;
      void source.load();
      throw problem;
    }
    onClose();
    showToast({ text: ct("erase.done"), tone: "good" });
    reload();
  });
  const isHindered = (value?.obstacles.length ?? 0) > 0;
  return (
    <Dialog
      title={ct("erase.title", { name: titleOf(page) })}
      closeLabel={t("action.close")}
      onClose={onClose}
    >
      <form class="stack" onSubmit={onSubmit}>
        <FormProblem text={form.summary()} />
        {!value && !error && <Skeleton lines={5} />}
        {error && !value && <Failed error={error} retry={source.load} small />}
        {value?.obstacles.map((obstacle) => (
          <Banner key={obstacle} tone="warn">
            {ct(`erase.obstacle.${obstacle}`)}
          </Banner>
        ))}
        {value && (
          <>
            <strong>{ct("erase.gone")}</strong>
            <Moves of={value} />
            {value.consents > 0 && (
              <p class="quiet">{ct("erase.consents", { count: value.consents })}</p>
            )}
            {value.kept_orders.length > 0 && (
              <>
                <strong>{ct("erase.kept")}</strong>
                <ul class="customer-moves">
                  {value.kept_orders.map(({ number, until }) => (
                    <li key={number}>
                      {ct("erase.until", { number, date: formats().date(until) })}
                    </li>
                  ))}
                </ul>
              </>
            )}
            <Checkbox
              label={ct("erase.confirm")}
              checked={isSure.value}
              disabled={isHindered}
              onChange={(isChecked) => (isSure.value = isChecked)}
            />
          </>
        )}
        <Button
          look="danger"
          type="submit"
          icon={eraser}
          busy={form.isBusy.value}
          disabled={!isSure.value || isHindered}
        >
          {ct("erase.do")}
        </Button>
      </form>
    </Dialog>
  );
}

/** What the law asks for: everything as a file, and to be forgotten. For supervisors. */
export function Law({ page, reload }: { page: CustomerPage; reload: () => void }) {
  const isErasing = useSignal(false);
  if (!mayActAs("supervisor")) return null;
  return (
    <section class="stack">
      <h3>{ct("law")}</h3>
      <Exports page={page} />
      <div class="row">
        <Button small look="danger" icon={eraser} onClick={() => (isErasing.value = true)}>
          {ct("erase.open")}
        </Button>
      </div>
      {isErasing.value && (
        <EraseDialog page={page} reload={reload} onClose={() => (isErasing.value = false)} />
      )}
    </section>
  );
}
