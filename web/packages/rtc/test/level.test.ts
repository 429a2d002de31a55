import assert from "node:assert/strict";
import { test } from "node:test";
import { levelOf } from "../src/level.ts";

function tone(amplitude: number): Float32Array {
  return Float32Array.from({ length: 2048 }, (_, n) => amplitude * Math.sin(n / 7));
}

test("silence has no level, and a whisper that nobody would hear neither", () => {
  assert.equal(levelOf(new Float32Array(2048)), 0);
  assert.equal(levelOf(tone(0.0005)), 0);
});

test("speech lies between, and ten times as loud is the same step anywhere", () => {
  const [soft, loud] = [levelOf(tone(0.01)), levelOf(tone(0.1))];
  assert.ok(soft > 0.2 && soft < 0.4, String(soft));
  assert.ok(Math.abs(loud - soft - 20 / 48) < 0.01, String(loud));
});

test("nothing is louder than full", () => {
  assert.equal(levelOf(tone(1)), 1);
});
