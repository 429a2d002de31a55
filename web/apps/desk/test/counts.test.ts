import assert from "node:assert/strict";
import { test } from "node:test";
import type { ConversationRow } from "../src/api/conversations.ts";
import { recounted } from "../src/conversations/counting.ts";

const COUNTS = { mine: 2, unassigned: 3, all: 9, waiting: 4 };
const WAITING = { assignee_id: null, waiting_since: "2026-11-21T10:00:00Z" };

function row(more: Partial<ConversationRow>): ConversationRow {
  return {
    id: "conversation",
    state: "open",
    message_count: 4,
    assignee_id: null,
    waiting_since: null,
    ...more,
  } as ConversationRow;
}

test("an answered conversation leaves the unassigned and joins mine at once", () => {
  const after = row({ assignee_id: "me" });
  assert.deepEqual(recounted(COUNTS, row(WAITING), after, "me"), {
    mine: 3,
    unassigned: 2,
    all: 9,
    waiting: 3,
  });
});

test("a conversation handed over is a colleague's", () => {
  const mine = row({ assignee_id: "me" });
  const after = row({ assignee_id: "ben" });
  assert.deepEqual(recounted(COUNTS, mine, after, "me"), { ...COUNTS, mine: 1 });
});

test("who waits for a colleague does not wait for me", () => {
  const after = row({ ...WAITING, assignee_id: "ben" });
  assert.deepEqual(recounted(COUNTS, row(WAITING), after, "me"), {
    ...COUNTS,
    unassigned: 2,
    waiting: 3,
  });
});

test("closing and reopening take a conversation out and back", () => {
  const mine = row({ assignee_id: "me" });
  const closed = row({ assignee_id: "me", state: "closed" });
  const without = recounted(COUNTS, mine, closed, "me");
  assert.deepEqual(without, { ...COUNTS, mine: 1, all: 8 });
  assert.deepEqual(recounted(without, closed, mine, "me"), COUNTS);
});

test("counts a conversation that has just begun", () => {
  const begun = row({ ...WAITING, message_count: 1 });
  assert.deepEqual(recounted(COUNTS, null, begun, "me"), {
    mine: 2,
    unassigned: 4,
    all: 10,
    waiting: 5,
  });
});

test("leaves a conversation that was counted already, and was never seen, to the server", () => {
  assert.equal(recounted(COUNTS, null, row({ assignee_id: "me" }), "me"), COUNTS);
});

test("does not count what waits for a team one is not in", () => {
  const begun = row({ ...WAITING, message_count: 1, team_id: "others" });
  const counted = recounted(COUNTS, null, begun, "me", ({ team_id }) => team_id === "others");
  assert.deepEqual(counted, {
    ...COUNTS,
    unassigned: COUNTS.unassigned + 1,
    all: COUNTS.all + 1,
  });
});
