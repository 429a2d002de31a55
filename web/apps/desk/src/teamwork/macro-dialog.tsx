import { useSignal } from "@preact/signals";
import { Dialog, Kbd, TextField } from "@stoa/ui";
import type { Macro } from "../api/teamwork.ts";
import { matches } from "../app/folded.ts";
import { t } from "../app/texts.ts";
import { rowOf } from "../conversations/list-store.ts";
import { mayActAs } from "../session/store.ts";
import { actWords } from "./act-words.ts";
import { macrosOf, runMacro } from "./macros.ts";
import { clearMarks } from "./selection.ts";

/** The macros of a shop: one is run by its digit, by Enter or by a click. */
export function MacroDialog({ ids, onClose }: { ids: readonly string[]; onClose: () => void }) {
  const wish = useSignal("");
  const shopId = rowOf(ids[0] ?? "")?.shop_id;
  // A reply is written to one customer at a time.
  const all = macrosOf(shopId).filter((macro) => ids.length === 1 || !macro.reply_id);
  const found = all.filter(({ name }) => matches(name, wish.value));

  function run(macro: Macro | undefined) {
    if (!macro) return;
    onClose();
    // Nothing behind a dialog can take the focus, and going it puts it back where it was.
    const begin = () => {
      if (document.querySelector("dialog[open]")) requestAnimationFrame(begin);
      else void runMacro(macro, ids).then(() => ids.length > 1 && clearMarks());
    };
    begin();
  }

  return (
    <Dialog title={t("macros.run")} closeLabel={t("action.close")} onClose={onClose}>
      <form
        class="stack"
        onSubmit={(event) => {
          event.preventDefault();
          run(found[0]);
        }}
      >
        <TextField
          label={t("macros.find")}
          value={wish.value}
          autocomplete="off"
          onInput={(event) => (wish.value = event.currentTarget.value)}
          onKeyDown={(event) => {
            const macro = all.find(({ digit }) => String(digit) === event.key);
            if (!macro || wish.value) return;
            event.preventDefault();
            run(macro);
          }}
        />
        <ul class="choices">
          {found.map((macro) => (
            <li key={macro.id}>
              <button type="button" class="choice" onClick={() => run(macro)}>
                <span class="grow">
                  {macro.name}
                  <span class="quiet block">{actWords(macro)}</span>
                </span>
                {macro.digit !== null && <Kbd>{macro.digit}</Kbd>}
              </button>
            </li>
          ))}
        </ul>
        {all.length === 0 && (
          <p class="quiet">
            {t(mayActAs("supervisor") ? "macros.noneMake" : "macros.none")}{" "}
            {mayActAs("supervisor") && (
              <a href="/desk/order" onClick={onClose}>
                {t("nav.order")}
              </a>
            )}
          </p>
        )}
      </form>
    </Dialog>
  );
}
