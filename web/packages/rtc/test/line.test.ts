import assert from "node:assert/strict";
import { test } from "node:test";
import { pauseAfter } from "../src/line.ts";

test("tries follow at once, then ever more slowly, but never more than five seconds apart", () => {
  assert.deepEqual(
    [0, 1, 2, 3, 4, 5, 500].map((failures) => pauseAfter(failures, 1)),
    [300, 600, 1_200, 2_400, 4_800, 5_000, 5_000],
  );
});

test("a thousand pages whose server restarted do not come back at one moment", () => {
  assert.equal(pauseAfter(5, 0), 2_500);
  assert.equal(pauseAfter(5, 0.5), 3_750);
});
