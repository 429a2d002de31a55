import "./browser.ts";
import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import type { ImportRun, ImportState } from "../src/api/imports.ts";

const { imports, takeNews, takeRun } = await import("../src/catalogue/imports-store.ts");

function run(state: ImportState, progress = 0): ImportRun {
  return {
    id: `run-${made}`,
    shop_id: "shop",
    file_name: "products.csv",
    format: "csv",
    is_dry_run: true,
    state,
    total_bytes: 100,
    read_bytes: progress,
    progress,
    counts: { ...NONE, products: progress },
    problem: null,
    created_at: "2026-11-21T10:00:00Z",
    finished_at: null,
  };
}

const NONE = {
  products: 0,
  created: 0,
  changed: 0,
  unchanged: 0,
  refused: 0,
  errors: 0,
  warnings: 0,
};

/** Each test has an import of its own. */
let made = 0;
/** What the server was asked for and has not answered yet. */
let asked: ((items: readonly ImportRun[]) => void)[] = [];
Object.assign(globalThis, {
  fetch: () =>
    new Promise((answered) => {
      asked.push((items) => answered(Response.json({ items, seq: 1 })));
    }),
});

function hear(state: ImportState, progress: number): void {
  const { id, shop_id, counts } = run(state, progress);
  takeNews({ run_id: id, shop_id, state, progress, counts: { ...counts } });
}

const seen = () => imports.state.peek().value?.items.map((one) => [one.state, one.progress]);

beforeEach(async () => {
  made += 1;
  asked = [];
  imports.clear();
});

async function loaded(state: ImportState, progress = 0): Promise<void> {
  const done = imports.load();
  asked.shift()?.([run(state, progress)]);
  await done;
}

/** The list is answered as it stood before, however often it is asked for. */
async function answered(load: Promise<void>, stood: ImportRun): Promise<void> {
  let isDone = false;
  void load.then(() => {
    isDone = true;
  });
  while (!isDone) {
    for (const answer of asked.splice(0)) answer([stood]);
    await new Promise(setImmediate);
  }
}

test("a list that was asked for while the import ran does not undo that it is done", async () => {
  await loaded("running", 40);
  const late = imports.load();
  hear("done", 100);
  assert.deepEqual(seen(), [["done", 100]]);
  await answered(late, run("running", 60));
  assert.deepEqual(seen(), [["done", 100]]);
  assert.equal(imports.state.peek().value?.items[0]?.counts.products, 100);
});

test("what was heard before the first list came is in it", async () => {
  const late = imports.load();
  hear("done", 100);
  await answered(late, run("running", 60));
  assert.deepEqual(seen(), [["done", 100]]);
});

test("the answer to the beginning may come after the end was heard of", async () => {
  await loaded("running", 40);
  hear("failed", 50);
  takeRun(run("waiting"));
  assert.deepEqual(seen(), [["failed", 50]]);
});

test("a list that knows more than was heard, as after a break of the line, is believed", async () => {
  await loaded("waiting");
  hear("running", 40);
  await loaded("done", 100);
  assert.deepEqual(seen(), [["done", 100]]);
});

test("an import that begins again from the start is shown as it is", async () => {
  await loaded("running", 10);
  hear("running", 60);
  hear("running", 5);
  assert.deepEqual(seen(), [["running", 5]]);
});
