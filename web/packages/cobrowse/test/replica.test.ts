import assert from "node:assert/strict";
import { test } from "node:test";
import { attributeFor, drawingOf, isLoadable, isMask } from "../src/replica/allowed.ts";
import { readFromDesk, readFromReplica } from "../src/replica/messages.ts";

test("builds nothing that runs, frames or rebases", () => {
  for (const tag of [
    "script",
    "SCRIPT",
    "base",
    "object",
    "embed",
    "meta",
    "a<b",
    "stoa-cobrowse",
  ]) {
    assert.equal(drawingOf(tag, false, {}).as, "nothing", tag);
  }
  assert.equal(drawingOf("iframe", false, {}).as, "frame");
  assert.equal(drawingOf("script", true, {}).as, "nothing");
  assert.equal(drawingOf("animate", true, {}).as, "nothing");
  assert.deepEqual(drawingOf("lineargradient", true, {}), { as: "element", tag: "linearGradient" });
});

test("takes of links what is a style", () => {
  assert.equal(drawingOf("link", false, { rel: "stylesheet", _cssText: "a {}" }).as, "style");
  assert.equal(drawingOf("link", false, { rel: "stylesheet", href: "/a.css" }).as, "element");
  for (const rel of ["preload", "modulepreload", "prefetch", "import", "icon", "manifest", ""]) {
    assert.equal(drawingOf("link", false, { rel, href: "/a" }).as, "nothing", rel);
  }
});

test("leaves out handlers and what acts", () => {
  for (const name of ["onclick", "ONLOAD", "srcdoc", "action", "autofocus", "http-equiv", "ping"]) {
    assert.equal(attributeFor("div", name, "x"), null, name);
  }
  assert.equal(attributeFor("a", "href", "https://shop.example/"), "#");
  assert.equal(attributeFor("div", "class", "card"), "card");
  assert.equal(attributeFor("input", "type", "submit"), "button");
});

test("loads from addresses that cannot run", () => {
  for (const address of [
    "https://a.example/x.png",
    "/x.png",
    "x.png",
    "data:image/png,x",
    "#a",
    "",
  ]) {
    assert.ok(isLoadable(address) || address === "", address);
  }
  for (const address of [
    "javascript:a()",
    "JaVaScRiPt:a()",
    "java\nscript:a()",
    "\u0001javascript:a",
  ]) {
    assert.ok(!isLoadable(address), address);
  }
});

test("knows a mask from words", () => {
  assert.ok(isMask("••••••") && isMask("•••• ••"));
  assert.ok(!isMask("") && !isMask("Anna") && !isMask("5 • 6"));
});

test("hears only what the other side may say", () => {
  for (const odd of [null, 1, "ready", {}, { t: "open" }, { t: "size", width: -1, height: 2 }]) {
    assert.equal(readFromReplica(odd), null);
    assert.equal(readFromDesk(odd), null);
  }
  const size = { t: "size", width: 390, height: 800, isTouch: true };
  assert.deepEqual(readFromReplica({ ...size, extra: "x" }), size);
  const pointed = { t: "pointed", id: 1, x: 2, y: 3, label: "a".repeat(500), can: "click" };
  const read = readFromReplica({ ...pointed, node: 4, box: { x: 1 }, isMasked: "yes" });
  assert.ok(read?.t === "pointed");
  assert.deepEqual([read.label.length, read.box, read.isMasked, read.node], [120, null, false, 4]);
  assert.equal(readFromReplica({ ...pointed, x: Number.NaN }), null);
  assert.equal(readFromReplica({ ...pointed, can: "delete" }), null);
});
