import "./browser.ts";
import assert from "node:assert/strict";
import { after, test } from "node:test";
import { type Asked, holdQuestions, openFakeLine, settled } from "./line.ts";

const asked = holdQuestions();
const line = openFakeLine();
after(line.close);

const { speak } = await import("../src/app/texts.ts");
const { resource } = await import("../src/app/resource.ts");
const { openWays } = await import("../src/channels/ways.ts");
const { isFresh, loadMore, pagingOf, resetLists, rowOf } = await import(
  "../src/conversations/list-store.ts"
);
const { openRatings } = await import("../src/hours/ratings.ts");
const { loadRadar, takeRadar, visitOf } = await import("../src/radar/store.ts");
const { findSession, sessionState, signIn } = await import("../src/session/store.ts");
const { startTeams, teams } = await import("../src/teams/store.ts");
const { runActs, undoLastAct } = await import("../src/teamwork/acts.ts");

Object.assign(globalThis, {
  document: {
    documentElement: {}, // told of its language
    addEventListener: () => {},
    removeEventListener: () => {},
  },
});
await speak("en");

/** Takes the questions that were asked since the last time. */
const questions = () => asked.splice(0);
async function question(path: string): Promise<Asked> {
  await settled();
  const found = questions();
  assert.equal(found.length, 1, found.map((one) => one.path).join());
  const [one] = found;
  assert.ok(one?.path.includes(path), one?.path);
  return one as Asked;
}

test("asks again for what was changed while it was fetched", async () => {
  const answers: ((value: string) => void)[] = [];
  const shown = resource(() => new Promise<string>((resolve) => answers.push(resolve)));
  const first = shown.load();
  answers[0]?.("as it was");
  await first;
  const second = shown.load();
  shown.change(() => "changed");
  answers[1]?.("as it was");
  await settled();
  assert.equal(shown.state.value.value, "changed", "an older answer does not undo it");
  answers[2]?.("changed and more");
  await second;
  assert.equal(shown.state.value.value, "changed and more");
});

test("knows the ways of an answer as they were asked for last", async () => {
  const ways = openWays("one");
  const way = (code: string) => ({ code, inbox_id: code, to: code, problem: null });
  const looks = [ways.refresh(), ways.refresh()];
  const [first, second] = questions();
  await second?.answer({ ways: [way("sms")], why: "left" });
  await first?.answer({ ways: [way("chat")], why: "here" });
  await Promise.all(looks);
  assert.equal(ways.chosen.value?.code, "sms");
});

test("takes back what was done last, also before that is answered", async () => {
  const close = (id: string) => runActs([{ conversation_id: id, acts: [{ do: "close" }] }]);
  const done = (id: string) => ({
    items: [{ conversation_id: id, is_done: true, undo: [{ do: "reopen" }], message: "" }],
  });
  void close("first");
  await (await question("bulk")).answer(done("first"));
  void close("second");
  const closing = await question("bulk");
  void undoLastAct();
  await settled();
  assert.deepEqual(questions(), [], "nothing older is taken back");
  await closing.answer(done("second"));
  const undo = await question("bulk");
  await undo.answer(done("second"));
});

test("changes one setting after the other, so that neither takes the other back", async () => {
  const ratings = openRatings("shop");
  const loading = ratings.load();
  await (await question("ratings")).answer({ ratings: { in_chat: true, by_mail: false } });
  await loading;
  const both = [ratings.change({ in_chat: false }), ratings.change({ by_mail: true })];
  await (await question("ratings")).answer({ ratings: { in_chat: false, by_mail: false } });
  const second = await question("ratings");
  assert.deepEqual(second.body, { ratings: { in_chat: false, by_mail: true } });
  await second.answer(second.body);
  await Promise.all(both);
});

test("drops a page of a list that was forgotten since", async () => {
  const page = (id: string) => ({ items: [{ id, version: 1 }], next: "more", counts: {} });
  const first = loadMore("all");
  const before = await question("conversations");
  resetLists();
  assert.ok(isFresh(pagingOf("all").value), "so that whoever shows it asks anew");
  const second = loadMore("all");
  await (await question("conversations")).answer({ ...page("new"), next: null });
  await before.answer(page("old"));
  await Promise.all([first, second]);
  assert.equal(rowOf("old"), null);
  assert.ok(rowOf("new"));
  assert.equal(pagingOf("all").value.next, null);
});

test("keeps what was heard of visits while the radar was fetched", async () => {
  const visit = (id: string, revision: number) => ({ id, revision }) as never;
  const counts = {} as never;
  const loading = loadRadar();
  const snapshot = await question("radar");
  takeRadar({ changed: [visit("one", 2)], gone: ["two"], counts });
  await snapshot.answer({ visits: [visit("one", 1), visit("two", 1)], counts });
  await loading;
  assert.equal(visitOf("one")?.revision, 2);
  assert.equal(visitOf("two"), null);
});

test("looks at the teams once more when it hears of them", async () => {
  const stop = startTeams();
  await (await question("teams")).answer({ teams: [] });
  // Made after the answer and before the line told of changes.
  line.say({ t: "subscribed", topic: "teams", seq: 7 });
  await (await question("teams")).answer({ teams: [{ id: "team" }] });
  assert.deepEqual(
    teams.value.map(({ id }) => id),
    ["team"],
  );
  stop();
});

test("lets no answer to who was signed in before sign out who is now", async () => {
  const start = { me: { id: "anna", locale: "en" }, shops: [] };
  void findSession();
  const before = await question("start");
  void signIn("anna@example.com", "a sentence is fine");
  await (await question("sign-in")).answer({});
  await (await question("start")).answer(start);
  assert.equal(sessionState.value.is, "in");
  await before.answer({ type: "urn:stoa:problem:unauthenticated" }, 401);
  assert.equal(sessionState.value.is, "in");
});
