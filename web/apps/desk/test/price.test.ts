import assert from "node:assert/strict";
import { test } from "node:test";
import { microsOf, priceWords, typedPrice } from "../src/channels/price.ts";

test("reads prices as people type them, exactly", () => {
  const cases: [string, number | null][] = [
    ["0.045", 45_000],
    ["0,045", 45_000],
    [" 0,000001 ", 1],
    ["1", 1_000_000],
    ["0.1", 100_000],
    ["0.0000001", null],
    ["0.", null],
    [",5", null],
    ["-1", null],
    ["5_000", null],
    ["1.000,5", null],
    ["9".repeat(20), null],
    ["", null],
  ];
  for (const [text, micros] of cases) assert.equal(microsOf(text), micros, text);
});

test("writes what it reads, with the separator of the language", () => {
  for (const tag of ["en", "pl", "de", "it", "el"])
    for (const micros of [0, 1, 45_000, 123_456, 1_000_000, 100_000_000])
      assert.equal(microsOf(typedPrice(micros, tag)), micros, tag);
  assert.equal(typedPrice(45_000, "en"), "0.045");
  assert.equal(typedPrice(45_000, "el"), "0,045");
});

test("says every place of a price in the format of the language", () => {
  const plain = (words: string) => words.replace(/\u00a0/g, " ");
  assert.equal(plain(priceWords(45_000, "EUR", "pl")), "0,045 €");
  assert.equal(plain(priceWords(45_123, "EUR", "en")), "€0.045123");
  assert.equal(plain(priceWords(90_000, "EUR", "de")), "0,09 €");
  // A currency that is being typed is none yet.
  assert.equal(plain(priceWords(45_000, "EU", "pl")), "0,045 EU");
});
