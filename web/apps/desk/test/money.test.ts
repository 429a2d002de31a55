import assert from "node:assert/strict";
import { test } from "node:test";
import { minorOf, typed } from "../src/app/money.ts";

test("reads amounts as people type them, exactly", () => {
  const cases: [string, string, number | null][] = [
    ["12", "EUR", 1200],
    ["12,5", "EUR", 1250],
    ["1 234.50", "PLN", 123450],
    ["0.07", "EUR", 7],
    ["500", "JPY", 500],
    ["1.005", "EUR", null],
    ["5.0", "JPY", null],
    ["-3", "EUR", null],
    ["", "EUR", null],
    ["9".repeat(20), "EUR", null],
  ];
  for (const [text, currency, minor] of cases) assert.equal(minorOf(text, currency), minor, text);
});

test("writes what it reads", () => {
  for (const minor of [0, 5, 99, 100, 123456])
    assert.equal(minorOf(typed(minor, "EUR"), "EUR"), minor);
});
