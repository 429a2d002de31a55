import assert from "node:assert/strict";
import { test } from "node:test";
import {
  DEEDS,
  emptyDraft,
  FACTS,
  inputOf,
  isSame,
  newAction,
  newCondition,
} from "../src/automation/draft.ts";
import { moved } from "../src/automation/order.ts";

test("a rule moves up or down and the others keep their order", () => {
  const list = ["a", "b", "c", "d"];
  assert.deepEqual(moved(list, 2, 0), ["c", "a", "b", "d"]);
  assert.deepEqual(moved(list, 0, 3), ["b", "c", "d", "a"]);
  assert.deepEqual(moved(list, 1, 1), list);
  assert.deepEqual(moved(list, 9, 0), list);
});

test("lines that are empty are not sent, and they are no change", () => {
  const draft = emptyDraft();
  const typed = {
    name: " Parcels ",
    definition: {
      ...draft.definition,
      conditions: [{ ...newCondition("words"), any_of: ["parcel ", "", "  "] }],
    },
  } as typeof draft;
  const sent = inputOf(typed);
  assert.equal(sent.name, "Parcels");
  assert.deepEqual((sent.definition.conditions[0] as { any_of: string[] }).any_of, ["parcel"]);
  assert.ok(isSame(typed, { name: "Parcels", definition: sent.definition }));
  assert.ok(!isSame(typed, draft));
});

test("a saved reply takes the place of texts, and texts without words are left out", () => {
  const own = { ...newAction("reply"), texts: { en: "Hello", pl: "  " } };
  const draft = emptyDraft();
  const withAction = (action: typeof own) =>
    inputOf({ ...draft, definition: { ...draft.definition, actions: [action as never] } });
  assert.deepEqual((withAction(own).definition.actions[0] as typeof own).texts, { en: "Hello" });
  const saved = { ...own, saved_reply_id: "1" };
  assert.deepEqual((withAction(saved).definition.actions[0] as typeof own).texts, {});
});

test("every condition and action that is offered can be begun", () => {
  for (const fact of FACTS) assert.equal(newCondition(fact).fact, fact);
  for (const kind of DEEDS) assert.equal(newAction(kind).do, kind);
});
