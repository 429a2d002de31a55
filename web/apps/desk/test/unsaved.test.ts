import "./browser.ts";
import assert from "node:assert/strict";
import { afterEach, test } from "node:test";

/** A browser's history as far as the desk uses it; going back is heard of later, as there. */
class Past {
  entries = [{ state: null as unknown, path: "/desk/people" }];
  at = 0;
  private readonly heard: (() => void)[] = [];
  get state() {
    return this.entries[this.at]?.state;
  }
  pushState(state: unknown, _: string, path: string) {
    this.entries = [...this.entries.slice(0, this.at + 1), { state, path }];
    this.at += 1;
  }
  replaceState(state: unknown, _: string, path?: string) {
    const now = this.entries[this.at];
    if (now) this.entries[this.at] = { state, path: path ?? now.path };
  }
  go(steps: number) {
    this.heard.push(() => {
      this.at += steps;
      listeners.get("popstate")?.({});
    });
  }
  /** Lets happen what was asked for. */
  settle() {
    for (let next = this.heard.shift(); next; next = this.heard.shift()) next();
  }
}

type Listener = (event: unknown) => void;
const listeners = new Map<string, Listener>();
const past = new Past();
Object.assign(globalThis, {
  addEventListener: (name: string, listener: Listener) => listeners.set(name, listener),
  history: past,
  document: { addEventListener: () => {} },
  location: {
    origin: "https://shop.example",
    get pathname() {
      return past.entries[past.at]?.path ?? "";
    },
  },
});

const { go, route, startRouter } = await import("../src/app/router.ts");
const { answer, askBeforeClosing, draft, isAsked, whenMayLeave, writtenAs } = await import(
  "../src/app/unsaved.ts"
);
startRouter();
askBeforeClosing();
go({ page: "account" });
go({ page: "settings" });
go({ page: "teams" });

let text = "as it was";
let stop = () => {};
const written = draft(() => text);

/** Something that is being written on the page of settings, one step back from the newest. */
function write(more: string): void {
  past.go(-1);
  past.settle();
  text = "as it was";
  stop = written.begin();
  text = more;
}

function back(steps = -1): void {
  past.go(steps);
  past.settle();
}

afterEach(() => {
  stop();
  answer(false);
  past.go(3 - past.at);
  past.settle();
  assert.equal(past.entries.length, 4);
});

const seen = () => [route.peek().page, location.pathname, past.at];

test("leaves at once when nothing was changed, or it is as it was again", () => {
  write("changed");
  text = "as it was";
  back();
  assert.ok(!isAsked());
  assert.deepEqual(seen(), ["account", "/desk/account", 1]);
});

test("stays where something is unsaved, with the address of what is seen", () => {
  write("changed");
  back();
  assert.ok(isAsked());
  assert.deepEqual(seen(), ["settings", "/desk/settings", 2]);
  answer(false);
  past.settle();
  assert.deepEqual(seen(), ["settings", "/desk/settings", 2]);

  stop();
  back(1);
  assert.deepEqual(seen(), ["teams", "/desk/teams", 3]);
});

test("goes back, or forward, as far as was wished once that is said", () => {
  write("changed");
  back(-2);
  back(-2);
  assert.deepEqual(seen(), ["settings", "/desk/settings", 2]);
  answer(true);
  past.settle();
  assert.deepEqual(seen(), ["people", "/desk/people", 0]);
  stop();
  back(2);

  stop = written.begin();
  text = "changed again";
  back(1);
  assert.deepEqual(seen(), ["settings", "/desk/settings", 2]);
  answer(true);
  past.settle();
  assert.deepEqual(seen(), ["teams", "/desk/teams", 3]);
});

test("asks before a link or a key leads elsewhere, and the newest wish counts", () => {
  write("changed");
  const left: string[] = [];
  whenMayLeave(() => left.push("first"));
  whenMayLeave(() => left.push("second"));
  assert.deepEqual(left, []);
  answer(true);
  assert.deepEqual(left, ["second"]);
  assert.ok(!isAsked());
});

test("asks only about the form that is left alone", () => {
  write("changed");
  const other = draft(() => "other");
  const stopOther = other.begin();
  let isLeft = false;
  whenMayLeave(() => {
    isLeft = true;
  }, other);
  stopOther();
  assert.ok(isLeft);
  assert.ok(!isAsked());
});

test("lets the browser ask before the page is closed, while something is unsaved", () => {
  const isKept = () => {
    let is = false;
    listeners.get("beforeunload")?.({ preventDefault: () => (is = true) });
    return is;
  };
  write("changed");
  assert.ok(isKept());
  written.keep();
  assert.ok(!isKept());
});

test("asks nothing once it is saved, but about what was written meanwhile", async () => {
  write("changed");
  await written.save(async () => {});
  assert.ok(!written.isUnsaved());
  await written.save(async () => {
    text = "changed meanwhile";
  });
  assert.ok(written.isUnsaved());
  await written.save(async () => {
    text = "as the server has it";
    written.keep();
  });
  assert.ok(!written.isUnsaved());
});

test("what the server made of it does not cover what was written meanwhile", async () => {
  write("changed");
  const take = () => {
    text = "as the server has it";
  };
  await written.save(async () => written.keep(take));
  assert.equal(text, "as the server has it");
  assert.ok(!written.isUnsaved());
  text = "changed";
  await written.save(async () => {
    text = "changed meanwhile";
    written.keep(take);
  });
  assert.equal(text, "changed meanwhile");
  assert.ok(written.isUnsaved());
});

test("waits for the saving that is under way, and asks when it failed", async () => {
  let isLeft = false;
  let end = (_: Error | null) => {};
  const save = () =>
    written.save(
      () => new Promise((done, failed) => (end = (error) => (error ? failed(error) : done()))),
    );
  const leave = () =>
    whenMayLeave(() => {
      isLeft = true;
    });
  write("changed");
  const refused = assert.rejects(save());
  leave();
  assert.ok(!isLeft && !isAsked());
  end(new Error("refused"));
  await refused;
  await new Promise(setImmediate);
  assert.ok(!isLeft && isAsked());

  answer(false);
  const saved = save();
  leave();
  end(null);
  await saved;
  await new Promise(setImmediate);
  assert.ok(isLeft && !isAsked());
});

test("takes what is empty for missing, in whatever order it was written", () => {
  const same = (one: unknown, other: unknown) => assert.equal(writtenAs(one), writtenAs(other));
  same({ a: "1", b: "" }, { a: "1" });
  same({ words: { all: { en: "" } } }, { words: {} });
  same({ b: 1, a: [2] }, { a: [2], b: 1 });
  same({ lines: [""] }, {});
  same({ path: "/", pause: false }, { path: "/" });
  assert.notEqual(writtenAs({ channels: { chat: {} } }), writtenAs({ channels: {} }));
  assert.notEqual(writtenAs({ per_day: 0 }), writtenAs({}));
  assert.notEqual(writtenAs(null), writtenAs({}));
  assert.notEqual(writtenAs(["a", "b"]), writtenAs(["b", "a"]));
});
