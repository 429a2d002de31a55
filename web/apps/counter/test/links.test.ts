import assert from "node:assert/strict";
import { test } from "node:test";
import { isOnlyEmoji, linked } from "../src/frame/links.ts";

const hrefs = (text: string) => linked(text).flatMap((piece) => piece.href ?? []);

test("an address becomes a link without the sentence's stop", () => {
  assert.deepEqual(hrefs("See https://a.example/x?y=1. Thanks"), ["https://a.example/x?y=1"]);
  assert.deepEqual(hrefs("(https://a.example/x)"), ["https://a.example/x"]);
  assert.deepEqual(hrefs("https://a.example/wiki/Stoa_(house)"), [
    "https://a.example/wiki/Stoa_(house)",
  ]);
});

test("the pieces together are the text", () => {
  const text = "a https://a.example, b http://b.example/ü! c";
  assert.equal(
    linked(text)
      .map((piece) => piece.text)
      .join(""),
    text,
  );
});

test("nothing but http and https becomes a link", () => {
  for (const text of [
    "javascript:alert(1)",
    "data:text/html,x",
    "ftp://a.example",
    "shop.pl",
    "https://bank.example@evil.example/",
    "https://",
  ]) {
    assert.deepEqual(hrefs(text), [], text);
  }
});

test("a few emoji alone are drawn large", () => {
  assert.ok(isOnlyEmoji("👍"));
  assert.ok(isOnlyEmoji("👩‍👩‍👧 🎉"));
  assert.ok(!isOnlyEmoji("123"));
  assert.ok(!isOnlyEmoji("ok 👍"));
  assert.ok(!isOnlyEmoji("🎉🎉🎉🎉"));
});
