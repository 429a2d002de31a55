import swap from "lucide:arrow-left-right";
import mergeIcon from "lucide:merge";
import undo from "lucide:undo-2";
import { useSignal } from "@preact/signals";
import { Button, Dialog, Skeleton, showToast, TextField } from "@stoa/ui";
import { useEffect, useMemo } from "preact/hooks";
import {
  type CustomerLine,
  type CustomerMergeView,
  type CustomerPage,
  listCustomers,
  merge,
  previewMerge,
  previewUnmerge,
  unmerge,
} from "../api/customers.ts";
import { Failed } from "../app/failed.tsx";
import { useForm } from "../app/form.ts";
import { resource } from "../app/resource.ts";
import { formats, t } from "../app/texts.ts";
import { FormProblem } from "../session/gate.tsx";
import type { Take } from "./customer.tsx";
import { Line } from "./line.tsx";
import { Moves } from "./moves.tsx";
import { ct } from "./words.ts";

const TYPING_PAUSE_MS = 200;

interface MergeProps {
  intoId: string;
  fromId: string;
  onClose: () => void;
  onMerged: Take;
}

function Pair({ label, customer }: { label: string; customer: CustomerLine }) {
  return (
    <div class="customer-card">
      <span class="quiet">{label}</span>
      <Line customer={customer} />
    </div>
  );
}

/** Shows what merging two customers will do, and does it. */
export function MergeDialog({ intoId, fromId, onClose, onMerged }: MergeProps) {
  const isSwapped = useSignal(false);
  const [into, from] = isSwapped.value ? [fromId, intoId] : [intoId, fromId];
  const source = useMemo(() => resource(() => previewMerge(into, from)), [into, from]);
  useEffect(() => void source.load(), [source]);
  const form = useForm();
  const { value, error } = source.state.value;
  const onSubmit = form.submit(async () => {
    const merged = await merge(into, from);
    onClose();
    showToast({ text: ct("merge.done"), tone: "good" });
    onMerged(merged);
  });
  return (
    <Dialog title={ct("merge.check")} closeLabel={t("action.close")} onClose={onClose} wide>
      <form class="stack" onSubmit={onSubmit}>
        <FormProblem text={form.summary()} />
        {!value && !error && <Skeleton lines={5} />}
        {error && !value && <Failed error={error} retry={source.load} small />}
        {value && (
          <>
            <div class="customer-pair">
              <Pair label={ct("merge.goes")} customer={value.first} />
              <Pair label={ct("merge.stays")} customer={value.second} />
            </div>
            <div class="row">
              <Button
                small
                icon={swap}
                onClick={() => {
                  isSwapped.value = !isSwapped.peek();
                }}
              >
                {ct("merge.swap")}
              </Button>
            </div>
            <strong>{ct("merge.moves")}</strong>
            <Moves of={value} />
            {value.joined.length > 0 && (
              <p>{ct("merge.joined", { list: value.joined.join(", ") })}</p>
            )}
            <p class="quiet">{ct("merge.undoable")}</p>
          </>
        )}
        <Button
          look="primary"
          type="submit"
          icon={mergeIcon}
          busy={form.isBusy.value}
          disabled={!value}
        >
          {ct("merge.do")}
        </Button>
      </form>
    </Dialog>
  );
}

function FindDialog(props: {
  page: CustomerPage;
  onClose: () => void;
  onFound: (id: string) => void;
}) {
  const { page, onClose, onFound } = props;
  const wish = useSignal("");
  const text = wish.value.trim();
  const source = useMemo(() => resource(() => listCustomers(text, null)), [text]);
  useEffect(() => {
    const timer = setTimeout(() => void source.load(), TYPING_PAUSE_MS);
    return () => clearTimeout(timer);
  }, [source]);
  const { value, error } = source.state.value;
  const found = value?.items.filter(({ id, is_erased }) => id !== page.id && !is_erased) ?? [];
  return (
    <Dialog title={ct("merge.find")} closeLabel={t("action.close")} onClose={onClose}>
      <div class="stack">
        <TextField
          label={ct("search")}
          type="search"
          value={wish.value}
          onInput={(event) => (wish.value = event.currentTarget.value)}
        />
        {error && !value && <Failed error={error} retry={source.load} small />}
        {value && found.length === 0 && <p class="quiet">{ct("found.none")}</p>}
        <ul class="stack">
          {found.slice(0, 10).map((customer) => (
            <li key={customer.id}>
              <button type="button" class="customer-card" onClick={() => onFound(customer.id)}>
                <Line customer={customer} />
              </button>
            </li>
          ))}
        </ul>
      </div>
    </Dialog>
  );
}

function UndoDialog(props: { record: CustomerMergeView; onClose: () => void; take: Take }) {
  const { record, onClose, take } = props;
  const source = useMemo(() => resource(() => previewUnmerge(record.id)), [record.id]);
  useEffect(() => void source.load(), [source]);
  const form = useForm();
  const { value, error } = source.state.value;
  const onSubmit = form.submit(async () => {
    const page = await unmerge(record.id);
    onClose();
    showToast({ text: ct("merge.undo.done"), tone: "good" });
    take(page);
  });
  return (
    <Dialog title={ct("merge.undo.title")} closeLabel={t("action.close")} onClose={onClose}>
      <form class="stack" onSubmit={onSubmit}>
        <FormProblem text={form.summary()} />
        <p>{ct("merge.undo.text")}</p>
        {!value && !error && <Skeleton lines={3} />}
        {error && !value && <Failed error={error} retry={source.load} small />}
        {value && (
          <>
            <strong>{ct("merge.undo.back")}</strong>
            <Moves of={value} />
            {value.since > 0 && <p>{ct("merge.undo.since", { count: value.since })}</p>}
          </>
        )}
        <Button look="primary" type="submit" busy={form.isBusy.value} disabled={!value}>
          {ct("merge.undo.do")}
        </Button>
      </form>
    </Dialog>
  );
}

/** Who was merged into this customer, and the ways to merge and to part. */
export function Merges({ page, take }: { page: CustomerPage; take: Take }) {
  const isFinding = useSignal(false);
  const otherId = useSignal<string | null>(null);
  const undoing = useSignal<CustomerMergeView | null>(null);
  return (
    <section class="stack">
      {page.merges.length > 0 && <h3>{ct("merges")}</h3>}
      {page.merges.map((record) => (
        <div key={record.id} class="customer-point">
          <div class="grow">
            <span>{record.name || ct("nameless")}</span>
            <span class="quiet block">
              {record.staff_name
                ? ct("merge.by", { name: record.staff_name })
                : ct("merge.verified")}{" "}
              · {formats().moment(record.merged_at)}
            </span>
          </div>
          <Button small icon={undo} onClick={() => (undoing.value = record)}>
            {ct("merge.undo")}
          </Button>
        </div>
      ))}
      <div class="row">
        <Button small icon={mergeIcon} onClick={() => (isFinding.value = true)}>
          {ct("merge.open")}
        </Button>
      </div>
      {isFinding.value && (
        <FindDialog
          page={page}
          onClose={() => (isFinding.value = false)}
          onFound={(id) => {
            isFinding.value = false;
            otherId.value = id;
          }}
        />
      )}
      {otherId.value && (
        <MergeDialog
          intoId={page.id}
          fromId={otherId.value}
          onClose={() => (otherId.value = null)}
          onMerged={take}
        />
      )}
      {undoing.value && (
        <UndoDialog record={undoing.value} take={take} onClose={() => (undoing.value = null)} />
      )}
    </section>
  );
}
