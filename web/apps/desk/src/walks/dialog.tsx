import folder from "lucide:folder";
import link from "lucide:link";
import cart from "lucide:shopping-cart";
import { signal, useSignal } from "@preact/signals";
import type { CategoryPlace } from "@stoa/protocol";
import { Dialog, Icon, Skeleton } from "@stoa/ui";
import { type ComponentChildren } from "preact";
import { useEffect, useId, useMemo } from "preact/hooks";
import { type ConversationRow, searchProducts } from "../api/conversations.ts";
import { matches } from "../app/folded.ts";
import { useForm, wordsFor } from "../app/form.ts";
import { http } from "../app/http.ts";
import { resource } from "../app/resource.ts";
import { t } from "../app/texts.ts";
import { Thumb } from "../conversations/cards.tsx";
import { FormProblem } from "../session/gate.tsx";
import type { Destination, Walk } from "./walk.ts";

const TYPING_PAUSE_MS = 180;
const SHOWN = 8;

interface Choice {
  readonly id: string;
  readonly to: Destination;
  readonly name: string;
  readonly more: string;
  readonly picture: ComponentChildren;
}

const readCategories = (row: ConversationRow): Promise<{ items: readonly CategoryPlace[] }> =>
  http.get("/api/desk/walk-categories", { shop_id: row.shop_id, locale: row.locale });

/** The cart, then categories and products by their names, or a page by its address. */
function useChoices(row: ConversationRow) {
  const wish = useMemo(() => signal(""), []);
  const categories = useMemo(() => resource(() => readCategories(row)), [row.shop_id, row.locale]);
  const products = useMemo(
    () =>
      resource(async () => {
        const q = wish.peek().trim();
        const query = { q, shop_id: row.shop_id, locale: row.locale, limit: SHOWN };
        return { q, items: (await searchProducts(query)).items };
      }),
    [row.shop_id, row.locale, wish],
  );
  useEffect(() => void categories.load(), [categories]);
  useEffect(() => {
    const timer = setTimeout(products.load, TYPING_PAUSE_MS);
    return () => clearTimeout(timer);
  }, [products, wish.value]);
  const text = wish.value.trim();
  const found: Choice[] = [];
  if (/^(https?:\/\/|\/)\S+$/.test(text)) found.push(pageChoice(text));
  if (!text || matches(t("walk.cart"), text)) found.push(cartChoice());
  const known = categories.state.value.value?.items ?? [];
  const named = known.filter(({ name }) => text && matches(name, text)).slice(0, SHOWN);
  found.push(...named.map(categoryChoice));
  for (const { card } of products.state.value.value?.items ?? []) {
    found.push({
      id: card.product_id,
      to: { kind: "product", product_id: card.product_id },
      name: card.name,
      more: t("walk.product"),
      picture: <Thumb url={card.picture_url} size={32} />,
    });
  }
  if (!text) found.push(...known.slice(0, SHOWN).map(categoryChoice));
  const error = products.state.value.error ?? categories.state.value.error;
  // Until its own products are here, those found for what was typed before are still shown.
  const isSettled = error !== null || products.state.value.value?.q === text;
  return { wish, found, isSettled, isLoading: products.state.value.isLoading, error };
}

const pageChoice = (url: string): Choice => ({
  id: "page",
  to: { kind: "page", url, title: "" },
  name: url,
  more: t("walk.page"),
  picture: <Icon of={link} />,
});
const cartChoice = (): Choice => ({
  id: "cart",
  to: { kind: "cart" },
  name: t("walk.cart"),
  more: "",
  picture: <Icon of={cart} />,
});
const categoryChoice = ({ id, name, path }: CategoryPlace): Choice => ({
  id,
  to: { kind: "category", category_id: id },
  name,
  more: path.length ? path.join(" › ") : t("walk.category"),
  picture: <Icon of={folder} />,
});

interface Props {
  row: ConversationRow;
  walk: Walk;
  onClose: () => void;
}

/** Chooses where to lead the customer, by the keyboard alone if one likes. */
export function WalkDialog({ row, walk, onClose }: Props) {
  const { wish, found, isSettled, isLoading, error } = useChoices(row);
  const at = useSignal(0);
  const isEntered = useSignal(false);
  const form = useForm();
  const id = useId();
  const index = Math.min(at.value, found.length - 1);
  const choose = (choice: Choice | undefined) =>
    form.submit(async () => {
      if (!choice) return;
      await walk.lead(choice.to);
      onClose();
    })();
  // Enter is for what was typed, so that it waits for the products of that.
  const chosen = found[index];
  const isSure = isSettled || (chosen !== undefined && chosen.to.kind !== "product");
  const isDue = isEntered.value && isSure;
  useEffect(() => {
    if (!isDue) return;
    isEntered.value = false;
    void choose(chosen);
  }, [isDue]);
  const problem = form.problem.value ?? error;
  return (
    <Dialog title={t("walk.choose")} closeLabel={t("action.close")} onClose={onClose} wide>
      <div class="stack">
        <input
          class="ui-input"
          role="combobox"
          aria-expanded="true"
          aria-controls={`${id}-places`}
          aria-activedescendant={found[index] ? `${id}-${index}` : undefined}
          aria-label={t("walk.search")}
          placeholder={t("walk.search")}
          value={wish.value}
          onInput={(event) => {
            wish.value = event.currentTarget.value;
            at.value = 0;
            isEntered.value = false;
          }}
          onKeyDown={(event) => {
            const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
            if (step && found.length) {
              event.preventDefault();
              at.value = (index + step + found.length) % found.length;
            } else if (event.key === "Enter") {
              event.preventDefault();
              isEntered.value = true;
            }
          }}
        />
        {problem && <FormProblem text={wordsFor(problem)} />}
        <p class="quiet">{t(walk.walk.value?.state === "walking" ? "walk.hintGo" : "walk.hint")}</p>
        <div id={`${id}-places`} role="listbox" aria-label={t("walk.places")} class="walk-places">
          {found.map((choice, position) => (
            <div
              key={choice.id}
              id={`${id}-${position}`}
              role="option"
              tabIndex={-1}
              aria-selected={position === index}
              class="palette-row"
              onClick={() => void choose(choice)}
              onKeyDown={(event) => event.key === "Enter" && void choose(choice)}
            >
              {choice.picture}
              <span class="grow">{choice.name}</span>
              <span class="quiet">{choice.more}</span>
            </div>
          ))}
          {isLoading && found.length < 2 && <Skeleton lines={3} />}
        </div>
      </div>
    </Dialog>
  );
}
