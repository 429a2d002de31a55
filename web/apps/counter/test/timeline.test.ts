import assert from "node:assert/strict";
import { test } from "node:test";
import { arrived, grouped, type Pending, withMessage } from "../src/frame/timeline.ts";
import type { MessageView } from "../src/frame/types.ts";

function message(seq: number, options: Partial<MessageView> = {}): MessageView {
  return {
    id: `id-${seq}`,
    conversation_id: "c",
    client_id: `client-${seq}`,
    kind: "text",
    sender_kind: "customer",
    staff_id: null,
    staff_name: null,
    card: null,
    attachments: [],
    channel: null,
    delivery: null,
    body: `text ${seq}`,
    created_at: new Date(2026, 10, 21, 12, seq).toISOString(),
    seq,
    ...options,
  };
}

test("a message takes its place by seq whatever the order of arrival", () => {
  const list = [1, 4, 2, 3].reduce<readonly MessageView[]>(
    (all, seq) => withMessage(all, message(seq)),
    [],
  );
  assert.deepEqual(
    list.map((one) => one.seq),
    [1, 2, 3, 4],
  );
});

test("a changed message replaces the one of its id", () => {
  const list = withMessage([message(1), message(2)], message(1, { body: "changed" }));
  assert.deepEqual(
    list.map((one) => one.body),
    ["changed", "text 2"],
  );
});

test("what came back from the server no longer waits", () => {
  const waiting: Pending[] = [1, 2].map((seq) => ({
    client_id: `client-${seq}`,
    body: "",
    attachments: [],
    created_at: "",
    state: "sending",
  }));
  assert.deepEqual(
    arrived(waiting, [message(1)]).map((one) => one.client_id),
    ["client-2"],
  );
});

test("messages of one sender within minutes stand together", () => {
  const [day] = grouped([
    message(1),
    message(2),
    message(3, { sender_kind: "agent", staff_name: "Anna" }),
    message(4),
    message(30),
  ]);
  assert.deepEqual(
    day?.groups.map((group) => group.messages.map((one) => one.seq)),
    [[1, 2], [3], [4], [30]],
  );
});

test("each day begins anew", () => {
  const next = message(2, { created_at: new Date(2026, 10, 22, 0, 1).toISOString() });
  const last = message(1, { created_at: new Date(2026, 10, 21, 23, 59).toISOString() });
  assert.equal(grouped([last, next]).length, 2);
});
