import assert from "node:assert/strict";
import { test } from "node:test";
import { isNeedy } from "../src/radar/needy.ts";

const TROUBLED = { is_online: true, score: 40, conversation_id: null };

test("who is in trouble, in the shop and alone needs help", () => {
  assert.equal(isNeedy(TROUBLED), true);
});

test("who left, is well or is being talked to does not", () => {
  assert.equal(isNeedy({ ...TROUBLED, is_online: false }), false);
  assert.equal(isNeedy({ ...TROUBLED, score: 0 }), false);
  assert.equal(isNeedy({ ...TROUBLED, conversation_id: "1" }), false);
});
