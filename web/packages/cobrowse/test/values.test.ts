import assert from "node:assert/strict";
import { test } from "node:test";
import {
  fits,
  isIban,
  isLuhn,
  isSecret,
  isState,
  MASK,
  safeAddress,
  safeSource,
  scrub,
} from "../src/page/values.ts";

const BASE = "https://shop.example/en/p/jug";

test("knows cards and IBANs by their check digits", () => {
  for (const card of ["4111111111111111", "5555555555554444", "378282246310005"]) {
    assert.ok(isLuhn(card));
    assert.ok(!isLuhn(`${card.slice(0, -1)}${(Number(card.at(-1)) + 1) % 10}`));
  }
  assert.ok(isIban("DE89 3704 0044 0532 0130 00"));
  assert.ok(isIban("PL61109010140000071219812874"));
  assert.ok(!isIban("DE89 3704 0044 0532 0130 01"));
});

test("leaves out what names or pays, and nothing else of a sentence", () => {
  const cases: [string, string][] = [
    ["Sent to kasia.k@example.org.", `Sent to ${MASK}.`],
    ["Card 4111 1111-1111 1111, thanks", `Card ${MASK}, thanks`],
    ["Pay DE89 3704 0044 0532 0130 00 for order 17", `Pay ${MASK} for order 17`],
    ["Order M-10023 of 12.11.2026, 1 299,00 zł", "Order M-10023 of 12.11.2026, 1 299,00 zł"],
    ["4111 1111 1111 1112 is no card", "4111 1111 1111 1112 is no card"],
    ["Olive oil", "Olive oil"],
  ];
  for (const [text, told] of cases) assert.equal(scrub(text), told);
});

test("tells a key from a word in an address", () => {
  for (const key of [
    "9f8Ab27cQzR4tYpL0sWx",
    "1b9d6bcd-bbfd-4b2d-9b5d-ab8dfbbd4bed",
    "eyJhbGciOiJIUzI1NiIsInR5",
    "a8f5f167f44f4964e6c998de",
  ]) {
    assert.ok(isSecret(key), key);
  }
  for (const word of [
    "kitchen-and-table",
    "garnek-zeliwny-emaliowany-28-cm",
    "nachhaltigkeitsbericht",
    "M-10023",
    "olive-oil-2024-edition",
  ]) {
    assert.ok(!isSecret(word), word);
  }
});

test("tells an address without query, fragment and keys", () => {
  assert.equal(
    safeAddress("/order/9f8Ab27cQzR4tYpL0sWx?token=1#pay", BASE),
    "https://shop.example/order/•",
  );
  assert.equal(safeAddress("oil?ref=mail", BASE), "https://shop.example/en/p/oil");
  assert.equal(safeAddress("#content", BASE), "#content");
  for (const bad of ["javascript:alert(1)", "mailto:kasia@example.org", "http://[", "tel:+4860"]) {
    assert.equal(safeAddress(bad, BASE), "#");
  }
});

test("keeps what a picture needs", () => {
  assert.equal(
    safeSource("/img/jug.jpg?width=240&session=abc&w=9f8Ab27cQzR4tYpL0sWx", BASE),
    "https://shop.example/img/jug.jpg?width=240",
  );
  assert.equal(safeSource("data:image/png;base64,AA", BASE), "data:image/png;base64,AA");
  assert.equal(safeSource("javascript:alert(1)", BASE), "");
  assert.equal(safeSource("https://ann:pw@cdn.example/a.png", BASE), "https://cdn.example/a.png");
});

test("keeps states of data attributes only", () => {
  for (const state of ["", "open", "is-active", "2"]) assert.ok(isState(state));
  for (const value of ["Kowalska", "731904", "a b", "kasia@example.org"])
    assert.ok(!isState(value));
});

test("fits paths with stars", () => {
  assert.ok(fits("/account/orders/7", "/account/*"));
  assert.ok(fits("/en/checkout/payment", "/*/checkout/payment"));
  assert.ok(fits("/open", "/open"));
  assert.ok(!fits("/opened", "/open"));
  assert.ok(!fits("/a.b", "/axb"));
});
