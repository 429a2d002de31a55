import "./browser.ts";
import assert from "node:assert/strict";
import { test } from "node:test";

const { linesOf } = await import("../src/board/hours.tsx");

const cell = (hour: number, channel: string, answers: number) => ({
  hour: `2026-11-21T${String(hour).padStart(2, "0")}:00:00Z`,
  channel,
  staff_id: null,
  answers,
});

test("sums answers by hour and channel, without a gap between the first and the last", () => {
  const cells = [cell(9, "chat", 2), cell(9, "chat", 1), cell(9, "email", 1), cell(11, "chat", 4)];
  const lines = linesOf(cells, "2026-11-21T00:00:00Z");
  assert.deepEqual(
    lines.map(({ hour, total }) => [hour.slice(11, 16), total]),
    [
      ["09:00", 4],
      ["10:00", 0],
      ["11:00", 4],
    ],
  );
  assert.deepEqual(
    [...(lines[0]?.byChannel ?? [])],
    [
      ["chat", 3],
      ["email", 1],
    ],
  );
});

test("has no lines before anybody was answered", () => {
  assert.deepEqual(linesOf([], "2026-11-21T00:00:00Z"), []);
});
