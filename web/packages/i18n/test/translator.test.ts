import assert from "node:assert/strict";
import { test } from "node:test";
import { chooseTag, translator } from "../src/index.ts";

interface Texts {
  hello: { name: string };
  items: { count: number };
  plain: Record<never, never>;
}

const polish = {
  hello: "Dzień dobry, {name}",
  items: {
    one: "{count} sztuka",
    few: "{count} sztuki",
    many: "{count} sztuk",
    other: "{count} sztuki",
  },
  plain: "Koszyk",
};

test("chooses the Polish plural by its four forms", () => {
  const t = translator<Texts>("pl", polish);
  const counts: [number, string][] = [
    [0, "0 sztuk"],
    [1, "1 sztuka"],
    [2, "2 sztuki"],
    [5, "5 sztuk"],
    [12, "12 sztuk"],
    [22, "22 sztuki"],
    [112, "112 sztuk"],
    [1.5, "1,5 sztuki"],
  ];
  for (const [count, expected] of counts) assert.equal(t("items", { count }), expected);
});

test("puts parameters in as they are, without reading them as patterns", () => {
  const t = translator<Texts>("pl", polish);
  assert.equal(t("hello", { name: "$& {name}" }), "Dzień dobry, $& {name}");
  assert.equal(t("plain"), "Koszyk");
});

test("refuses a key the catalogue does not have", () => {
  const t = translator<Texts>("pl", {});
  assert.throws(() => t("plain"), /no text "plain"/);
});

test("hears a regional wish and falls back to English", () => {
  assert.equal(chooseTag([null, "de-AT", "pl"]), "de");
  assert.equal(chooseTag(["fr", undefined]), "en");
});
