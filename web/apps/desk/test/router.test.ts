import "./browser.ts";
import assert from "node:assert/strict";
import { test } from "node:test";

const { parse, pathOf } = await import("../src/app/router.ts");

test("reads back every path it writes", () => {
  const paths = [
    "/desk/inbox/mine",
    "/desk/inbox/closed/01a1ffe9",
    "/desk/visits",
    "/desk/visits/01a1ffe9",
    "/desk/orders/01a1ffe9",
    "/desk/catalogue",
    "/desk/imports/01a1ffe9",
    "/desk/people",
    "/desk/board",
    "/desk/inbox/due",
    "/desk/settings",
    "/desk/replies",
    "/desk/account",
    "/desk/link/token-_x",
  ];
  for (const path of paths) assert.equal(pathOf(parse(path)), path);
});

test("takes what it does not know for the inbox", () => {
  for (const path of ["/desk", "/desk/", "/desk/nowhere", "/desk/inbox/nobody/1"]) {
    assert.deepEqual(parse(path), { page: "inbox", view: "mine", id: null });
  }
});
