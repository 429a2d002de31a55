import assert from "node:assert/strict";
import { test } from "node:test";
import type { Message } from "../src/api/conversations.ts";
import { entriesOf, ordered } from "../src/conversations/timeline.ts";

function message(id: string, at: string, more: Partial<Message> = {}): Message {
  return {
    id,
    seq: 1,
    client_id: `c-${id}`,
    kind: "text",
    sender_kind: "customer",
    conversation_id: "conversation",
    staff_id: null,
    staff_name: null,
    body: id,
    card: null,
    attachments: [],
    channel: null,
    delivery: null,
    created_at: at,
    ...more,
  };
}

const dayOf = (at: string) => at.slice(0, 10);

test("orders by time and then id, and keeps the newer copy of a message", () => {
  const first = message("b", "2026-11-21T10:00:00Z");
  const twin = message("a", "2026-11-21T10:00:00Z");
  const again = message("b", "2026-11-21T10:00:00Z", { body: "newer" });
  const result = ordered([first, twin, again]);
  assert.deepEqual(
    result.map(({ id, body }) => [id, body]),
    [
      ["a", "a"],
      ["b", "newer"],
    ],
  );
});

test("keeps what was stored together in the order in which it was said", () => {
  const at = "2026-11-20T10:00:00";
  const said = [
    message("z", `${at}Z`),
    message("c", `${at}.000001Z`),
    message("b", `${at}.00001Z`),
    message("a", `${at}.000999Z`),
    message("0", `${at}.001+00:00`),
  ];
  assert.deepEqual(
    ordered([...said].reverse()).map(({ id }) => id),
    ["z", "c", "b", "a", "0"],
  );
});

test("opens each day with a line and joins what one person says within five minutes", () => {
  const entries = entriesOf(
    [
      message("1", "2026-11-20T23:59:00Z"),
      message("2", "2026-11-21T00:01:00Z"),
      message("3", "2026-11-21T00:02:00Z"),
      message("4", "2026-11-21T00:02:30Z", { sender_kind: "agent" }),
      message("5", "2026-11-21T00:10:00Z", { sender_kind: "agent" }),
    ],
    [],
    dayOf,
  );
  const shape = entries.map((entry) => (entry.is === "message" ? entry.isFirst : entry.is));
  assert.deepEqual(shape, ["day", true, "day", true, false, true, true]);
});

test("drops what is on its way once it has arrived", () => {
  const outgoing = ["c-1", "c-2"].map((clientId) => ({
    clientId,
    body: "",
    isNote: false,
    attachmentNames: [],
    state: "sending" as const,
    createdAt: "2026-11-21T10:00:00Z",
  }));
  const entries = entriesOf([message("1", "2026-11-21T10:00:00Z")], outgoing, dayOf);
  assert.deepEqual(
    entries.map(({ key }) => key),
    ["day-2026-11-21", "c-1", "c-2"],
  );
});
