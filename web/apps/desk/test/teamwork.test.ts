import "./browser.ts";
import assert from "node:assert/strict";
import { test } from "node:test";

Object.assign(globalThis, { history: { pushState: () => {} } });
const { go } = await import("../src/app/router.ts");
const { clearMarks, marked, markTo, toggleMark } = await import("../src/teamwork/selection.ts");
const { choicesOf, localField } = await import("../src/teamwork/times.ts");
const { EVERYTHING, fits } = await import("../src/teamwork/views.ts");

const ROW = {
  state: "open",
  snoozed_at: null,
  assignee_id: "ada",
  shop_id: "shop",
  channel: "chat",
  locale: "pl",
  waiting_since: null,
  tag_ids: [],
} as unknown as Parameters<typeof fits>[0];

test("a view shows what fits all that it asks for", () => {
  const shows = (filters: Partial<typeof EVERYTHING>, row = ROW) =>
    fits(row, { ...EVERYTHING, ...filters }, "ada");
  assert.ok(shows({}));
  assert.ok(shows({ assignee: "me", locales: ["pl"], channels: ["chat"], shop_id: "shop" }));
  assert.ok(!shows({ assignee: "nobody" }));
  assert.ok(!shows({ assignee: "bo" }));
  assert.ok(!shows({ locales: ["de"] }));
  assert.ok(!shows({ is_waiting: true }));
  assert.ok(!shows({ tag_ids: ["unknown"] }));
  const aside = { ...ROW, snoozed_at: "2026-11-30T10:00:00Z" };
  assert.ok(!shows({}, aside));
  assert.ok(shows({ state: "snoozed" }, aside));
  assert.ok(shows({ state: "any" }, aside));
  assert.ok(!shows({ state: "closed" }, aside));
});

test("marks one, a range from the last one, and nothing", () => {
  const order = ["a", "b", "c", "d", "e"];
  toggleMark("b");
  markTo("d", order);
  assert.deepEqual([...marked.value], ["b", "c", "d"]);
  markTo("a", order);
  assert.deepEqual([...marked.value].sort(), ["a", "b", "c", "d"]);
  toggleMark("c");
  assert.ok(!marked.value.has("c"));
  clearMarks();
  markTo("e", order);
  assert.deepEqual([...marked.value], ["e"], "without a beginning it is one");
  clearMarks();
});

test("forgets at once what was marked in another list, and not what is marked then", () => {
  go({ page: "inbox", view: "unassigned", id: null });
  toggleMark("a");
  go({ page: "inbox", view: "unassigned", id: "b" });
  assert.ok(marked.value.has("a"), "a conversation was opened");
  go({ page: "inbox", view: "all", id: null });
  assert.equal(marked.value.size, 0);
  toggleMark("c");
  assert.deepEqual([...marked.value], ["c"]);
  go({ page: "search" });
  assert.equal(marked.value.size, 0);
});

test("offers only moments that are still to come, in their order", () => {
  const names = (now: Date) => choicesOf(now).map(([when]) => when);
  const tuesday = new Date(2026, 11, 1, 10, 30);
  assert.deepEqual(names(tuesday), ["hour", "evening", "tomorrow", "monday", "week"]);
  assert.deepEqual(names(new Date(2026, 11, 1, 16, 30)), ["hour", "tomorrow", "monday", "week"]);
  const sunday = new Date(2026, 11, 6, 10, 0);
  assert.deepEqual(names(sunday), ["hour", "evening", "tomorrow", "week"], "tomorrow is Monday");
  const monday = new Date(2026, 11, 7, 10, 0);
  assert.deepEqual(names(monday), ["hour", "evening", "tomorrow", "week"], "the next is in a week");
  for (const [, moment] of choicesOf(tuesday)) assert.ok(moment > tuesday);
  assert.equal(localField(tuesday), "2026-12-01T10:30");
});
