import assert from "node:assert/strict";
import { test } from "node:test";
import { folded, matches } from "../src/app/folded.ts";

test("finds words without their accents, in any order", () => {
  assert.equal(folded("Übergeben"), "ubergeben");
  assert.ok(matches("Wyślij zamówienie", "zamow wys"));
  assert.ok(matches("Επιστροφή στην ουρά", "ουρα"));
  assert.ok(!matches("Hand over", "close"));
  assert.ok(matches("Anything", ""));
});
