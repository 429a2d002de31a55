import "./browser.ts";
import assert from "node:assert/strict";
import { test } from "node:test";
import type { ConversationRow } from "../src/api/conversations.ts";

const { dueFirst, newestFirst, rowOf, takeRows } = await import(
  "../src/conversations/list-store.ts"
);
const { dueTone } = await import("../src/conversations/due.tsx");
const { belongs } = await import("../src/conversations/counting.ts");
const { callsFor, stillCalls } = await import("../src/conversations/calls.ts");

function row(id: string, more: Partial<ConversationRow> = {}): ConversationRow {
  return {
    id,
    shop_id: "shop",
    visitor_id: null,
    customer_id: null,
    channel: "chat",
    state: "open",
    is_offline: false,
    contact_name: "",
    contact_email: null,
    locale: "pl",
    assignee_id: null,
    assignee_name: null,
    message_count: 1,
    unread_count: 1,
    last_message_at: "2026-11-21T10:00:00Z",
    last_message_preview: "",
    last_sender_kind: "customer",
    waiting_since: null,
    agent_read_seq: 0,
    customer_read_seq: 0,
    page_url: "",
    created_at: "2026-11-21T10:00:00Z",
    closed_at: null,
    tag_ids: [],
    snoozed_at: null,
    snoozed_until: null,
    woke_at: null,
    warn_at: null,
    due_at: null,
    woke_by: null,
    team_id: null,
    queue_id: null,
    inbox_id: null,
    subject: "",
    answer_channel: null,
    version: 1,
    ...more,
  };
}

test("puts a conversation into the views it belongs to", () => {
  const views = ["mine", "unassigned", "all", "closed"] as const;
  const of = (more: Partial<ConversationRow>) =>
    views.filter((view) => belongs(row("1", more), view, "me"));
  assert.deepEqual(of({}), ["unassigned", "all"]);
  assert.deepEqual(of({ assignee_id: "me" }), ["mine", "all"]);
  assert.deepEqual(of({ assignee_id: "other" }), ["all"]);
  assert.deepEqual(of({ assignee_id: "me", state: "closed" }), ["closed"]);
});

test("shows whoever waits by when their answer is due, and then by how long they wait", () => {
  const since = (hour: number) => ({ waiting_since: `2026-11-21T0${hour}:00:00Z` });
  const due = (hour: number) => ({ ...since(1), due_at: `2026-11-21T1${hour}:00:00Z` });
  const rows = [row("4", since(3)), row("3", since(2)), row("2", due(2)), row("1", due(1))];
  assert.deepEqual(
    [...rows, row("5")].filter((one) => belongs(one, "due", "me")).map(({ id }) => id),
    ["4", "3", "2", "1"],
  );
  assert.deepEqual(
    rows.sort(dueFirst).map(({ id }) => id),
    ["1", "2", "3", "4"],
  );
});

test("warns of what is due soon, and says what is late", () => {
  const promised = { warn_at: "2026-11-21T10:00:00Z", due_at: "2026-11-21T10:30:00Z" };
  const at = (time: string) => dueTone(promised, Date.parse(`2026-11-21T${time}Z`));
  assert.deepEqual(
    [at("09:59:59"), at("10:00:00"), at("10:29:59"), at("10:30:00")],
    ["neutral", "warn", "warn", "bad"],
  );
  assert.equal(dueTone({ warn_at: null, due_at: null }, 0), "neutral");
});

test("orders by the last message, the newest first, and equal ones by id", () => {
  const older = row("3", { last_message_at: "2026-11-21T09:00:00Z" });
  const sorted = [older, row("1"), row("2")].sort(newestFirst);
  assert.deepEqual(
    sorted.map(({ id }) => id),
    ["2", "1", "3"],
  );
});

test("keeps the newer state of a row, whichever comes first", () => {
  assert.equal(takeRows([row("9", { version: 5, unread_count: 5 })]).length, 1);
  assert.equal(takeRows([row("9", { version: 4, unread_count: 4 })]).length, 0);
  assert.equal(rowOf("9")?.unread_count, 5);
});

test("calls for a new customer's word to this agent or to anybody, and for nothing else", () => {
  const read = row("1", { unread_count: 0 });
  assert.equal(callsFor(row("1"), null, "me", false), "now");
  assert.equal(callsFor(row("1", { assignee_id: "me" }), read, "me", false), "now");
  assert.equal(callsFor(row("1"), row("1"), "me", false), null);
  assert.equal(callsFor(row("1", { assignee_id: "other" }), read, "me", false), null);
  assert.equal(callsFor(row("1", { last_sender_kind: "agent" }), read, "me", false), null);
});

test("calls for a customer whom a colleague leaves unread", () => {
  const theirs = row("1", { assignee_id: "other" });
  assert.equal(callsFor(row("1"), theirs, "me", false), "now");
  assert.equal(callsFor(row("1"), theirs, "me", true), "later");
  assert.equal(callsFor(row("1", { unread_count: 0 }), theirs, "me", false), null);
});

test("with teams, calls whoever is given it, and the team if nobody is", () => {
  const mine = row("1", { assignee_id: "me", team_id: "team" });
  assert.equal(callsFor(row("1"), null, "me", true), "later");
  assert.equal(callsFor(mine, row("1"), "me", true), "now");
  assert.equal(callsFor(mine, mine, "me", true), null);
  assert.equal(callsFor(row("1", { assignee_id: "other" }), row("1"), "me", true), null);
  assert.equal(stillCalls(row("1"), new Set()), true);
  assert.equal(stillCalls(row("1", { team_id: "team" }), new Set(["team"])), true);
  assert.equal(stillCalls(row("1", { team_id: "team" }), new Set(["other"])), false);
  assert.equal(stillCalls(mine, new Set(["team"])), false);
});
