import boxes from "lucide:boxes";
import search from "lucide:search";
import upload from "lucide:upload";
import { Badge, Button, Empty, Icon, Skeleton, TextField, VirtualList } from "@stoa/ui";
import { useEffect, useRef } from "preact/hooks";
import type { ProductRow } from "../api/catalogue.ts";
import { Failed } from "../app/failed.tsx";
import { Panes } from "../app/panes.tsx";
import { go } from "../app/router.ts";
import { formats, t } from "../app/texts.ts";
import { Thumb } from "../conversations/cards.tsx";
import { mayActAs } from "../session/store.ts";
import { ProductPane } from "./product.tsx";
import {
  areProductsLoading,
  loadMoreProducts,
  loadProducts,
  products,
  productsError,
  productWish,
} from "./store.ts";

const ROW_HEIGHT = 64;
const TYPING_PAUSE_MS = 200;

function StockBadge({ available }: { available: number | null }) {
  if (available === null) return null;
  const tone = available <= 0 ? "bad" : available < 5 ? "warn" : "neutral";
  return <Badge tone={tone}>{t("product.available", { count: Math.max(0, available) })}</Badge>;
}

function ProductRowView({ product }: { product: ProductRow }) {
  const { price_minor: minor, currency } = product;
  return (
    <div class="product-row">
      <Thumb url={product.picture_url} size={44} />
      <div class="conversation-row-text">
        <span class="conversation-row-name">{product.name}</span>
        <div class="conversation-row-foot">
          <span class="quiet">{formats().money({ minor, currency })}</span>
          <span class="grow" />
          {!product.is_visible && <Badge>{t("product.hidden")}</Badge>}
          <StockBadge available={product.available} />
        </div>
      </div>
    </div>
  );
}

function ProductList({ selectedId }: { selectedId: string | null }) {
  const isFirst = useRef(true);
  useEffect(() => {
    const timer = setTimeout(loadProducts, isFirst.current ? 0 : TYPING_PAUSE_MS);
    isFirst.current = false;
    return () => clearTimeout(timer);
  }, [productWish.value]);
  const error = productsError.value;
  const rows = products.value;
  return (
    <>
      <header class="pane-head">
        <h1 class="grow">{t("nav.catalogue")}</h1>
        {mayActAs("supervisor") && (
          <Button small icon={upload} onClick={() => go({ page: "imports", id: null })}>
            {t("nav.imports")}
          </Button>
        )}
      </header>
      <div class="pane-search">
        <Icon of={search} size={16} />
        <TextField
          label={t("pick.search")}
          hideLabel
          type="search"
          placeholder={t("pick.search")}
          value={productWish.value}
          onInput={(event) => (productWish.value = event.currentTarget.value)}
        />
      </div>
      <div class="pane-fill">
        {rows.length > 0 && (
          <VirtualList
            items={rows}
            label={t("nav.catalogue")}
            rowHeight={ROW_HEIGHT}
            keyOf={(product) => product.id}
            selectedKey={selectedId}
            onSelect={(product) => go({ page: "catalogue", id: product.id })}
            onEnd={loadMoreProducts}
          >
            {(product) => <ProductRowView product={product} />}
          </VirtualList>
        )}
        {rows.length === 0 && areProductsLoading.value && <Skeleton lines={8} />}
        {rows.length === 0 && !areProductsLoading.value && !error && (
          <Empty icon={boxes} title={t(productWish.value ? "pick.none" : "catalogue.empty")}>
            {!productWish.value && <a href="/desk/imports">{t("catalogue.emptyNext")}</a>}
          </Empty>
        )}
        {error && <Failed error={error} retry={loadProducts} />}
      </div>
    </>
  );
}

/** The catalogue: list and one product to change. */
export function CataloguePage({ id }: { id: string | null }) {
  return (
    <Panes
      listLabel={t("nav.catalogue")}
      list={<ProductList selectedId={id} />}
      hasChosen={id !== null}
      main={
        id ? <ProductPane key={id} id={id} /> : <Empty icon={boxes} title={t("catalogue.none")} />
      }
    />
  );
}
