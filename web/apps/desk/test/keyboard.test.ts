import assert from "node:assert/strict";
import { test } from "node:test";
import { combination, type Shortcut, shortcutFor } from "../src/app/keyboard.ts";

const shortcut = (keys: string, more: Partial<Shortcut> = {}): Shortcut => ({
  keys,
  label: () => keys,
  group: () => "",
  run: () => {},
  ...more,
});

const page = [shortcut("g a"), shortcut("g i"), shortcut("t")];
const pane = [shortcut("a"), shortcut("i")];

test("two keys after each other are not what the second does alone", () => {
  assert.equal(shortcutFor([...page, ...pane], "g", "a", false)?.keys, "g a");
  assert.equal(shortcutFor([...page, ...pane], "", "a", false)?.keys, "a");
  assert.equal(shortcutFor([...page, ...pane], "x", "a", false)?.keys, "a");
});

test("the newest of equal keys wins", () => {
  const own = shortcut("t");
  assert.equal(shortcutFor([...page, own], "", "t", false), own);
});

test("keys are letters while a text is written, unless they say so", () => {
  const note = shortcut("alt+n", { whileTyping: true });
  assert.equal(shortcutFor([...page, note], "", "t", true), undefined);
  assert.equal(shortcutFor([...page, note], "", "alt+n", true), note);
});

test("a letter is found by its place where the keyboard writes Greek", () => {
  const pressed = (key: string, code: string, more: Partial<KeyboardEvent> = {}) =>
    combination({ key, code, ...more } as KeyboardEvent);
  assert.equal(pressed("μ", "KeyM"), "m");
  assert.equal(pressed("m", "KeyM"), "m");
  assert.equal(pressed("a", "KeyQ"), "a", "a French keyboard is read as it is written");
  assert.equal(pressed("µ", "KeyM", { altKey: true }), "alt+m");
});
