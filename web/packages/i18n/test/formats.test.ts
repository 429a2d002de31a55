import assert from "node:assert/strict";
import { test } from "node:test";
import { decimal } from "../src/formats.ts";
import { formatsFor } from "../src/index.ts";

const spaced = (text: string) => text.replace(/[\u00a0\u202f]/g, " ");

test("writes minor units exactly", () => {
  assert.equal(decimal(1234, 2), "12.34");
  assert.equal(decimal(-5, 2), "-0.05");
  assert.equal(decimal(9007199254740991, 2), "90071992547409.91");
  assert.equal(decimal(500, 0), "500");
});

test("writes money by language and currency", () => {
  assert.equal(spaced(formatsFor("de").money({ minor: 123456, currency: "EUR" })), "1.234,56 €");
  assert.equal(spaced(formatsFor("pl").money({ minor: 1999, currency: "PLN" })), "19,99 zł");
  assert.equal(formatsFor("en").money({ minor: 500, currency: "JPY" }), "JP¥500");
});

test("shortens a moment by its distance", () => {
  const formats = formatsFor("de", "Europe/Berlin");
  const now = new Date("2026-11-21T20:00:00Z");
  assert.equal(formats.moment("2026-11-21T08:05:00Z", now), "09:05");
  assert.match(formats.moment("2026-11-23T08:00:00Z", now), /^Mo\.?,? 09:00$/);
  assert.equal(formats.moment("2026-11-18T08:05:00Z", now), "Mi");
  assert.match(formats.moment("2026-10-02T08:05:00Z", now), /^2\. Okt/);
  assert.match(formats.moment("2024-10-02T08:05:00Z", now), /2024/);
});

test("counts durations", () => {
  const { duration } = formatsFor("en");
  assert.equal(duration(5), "0:05");
  assert.equal(duration(3725), "1:02:05");
});
