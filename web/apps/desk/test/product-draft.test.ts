import assert from "node:assert/strict";
import { test } from "node:test";
import type { ProductDetail } from "../src/api/catalogue.ts";
import { changeOf, draftOf, problemOf } from "../src/catalogue/draft.ts";

const product: ProductDetail = {
  id: "product",
  version: 3,
  names: { en: "Table", pl: "Stół" },
  descriptions: {},
  brand: "Stoa",
  is_visible: true,
  currency: "EUR",
  locales: ["en", "pl"],
  url: "/en/p/table",
  pictures: [],
  variants: [
    {
      id: "v",
      sku: "T-1",
      options: "180 cm",
      price_minor: 129900,
      compare_price_minor: 149900,
      on_hand: 4,
      reserved: 1,
      is_tracked: true,
      is_active: true,
    },
  ],
};

test("changes nothing when nothing was typed", () => {
  const change = changeOf(product, draftOf(product));
  assert.deepEqual(change, {
    version: 3,
    names: product.names,
    descriptions: {},
    brand: "Stoa",
    is_visible: true,
    variants: [
      {
        id: "v",
        price_minor: 129900,
        compare_price_minor: 149900,
        on_hand: 4,
        is_tracked: true,
      },
    ],
  });
});

test("names the field that cannot be taken and sends nothing", () => {
  const draft = draftOf(product);
  const good = draft.variants.v;
  assert.ok(good);
  const cases = [
    [{ ...good, price: "12,345" }, "price"],
    [{ ...good, comparePrice: "1299.00" }, "comparePrice"],
    [{ ...good, onHand: "-1" }, "onHand"],
    [{ ...good, onHand: "", isTracked: false }, null],
  ] as const;
  for (const [variant, problem] of cases) {
    assert.equal(problemOf(variant, "EUR"), problem);
    const isSent = changeOf(product, { ...draft, variants: { v: variant } }) !== null;
    assert.equal(isSent, problem === null);
  }
});
