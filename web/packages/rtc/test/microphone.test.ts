import assert from "node:assert/strict";
import { test } from "node:test";
import { reasonOf } from "../src/microphone.ts";

const CASES = [
  ["NotAllowedError", "Permission denied", "refused"],
  ["NotAllowedError", "Permission dismissed", "refused"],
  ["NotAllowedError", "Permissions policy violation: microphone is not allowed", "policy"],
  ["NotFoundError", "Requested device not found", "missing"],
  ["OverconstrainedError", "", "missing"],
  ["NotReadableError", "Could not start audio source", "in_use"],
  ["AbortError", "Starting audioinput failed", "in_use"],
  ["SecurityError", "", "policy"],
  ["TypeError", "", "unknown"],
] as const;

for (const [name, message, reason] of CASES) {
  test(`${name} "${message}" means ${reason}`, () => {
    assert.equal(reasonOf(new DOMException(message, name)), reason);
  });
}

test("whatever else was thrown is unknown", () => {
  assert.equal(reasonOf(undefined), "unknown");
});
