import assert from "node:assert/strict";
import { test } from "node:test";
import type { CallFact, CallRow, Leg, Offer } from "../src/api/calls.ts";
import {
  callbacksOf,
  consultationOf,
  ringsAt,
  seatOf,
  standingOf,
  talksOf,
  waitingOf,
  whoCanHelp,
  withCall,
} from "../src/calls/rules.ts";

const at = (second: number) => new Date(Date.UTC(2026, 10, 22, 10, 0, second)).toISOString();

function call(id: string, more: Partial<CallRow> = {}): CallRow {
  return {
    id,
    shop_id: "shop",
    conversation_id: `conversation-${id}`,
    visitor_id: "visitor",
    contact_name: "",
    direction: "inbound",
    state: "queued",
    end_reason: null,
    locale: "pl",
    skill: null,
    page_url: "",
    recording: "off",
    recording_policy: "ask",
    callback_phone: null,
    legs: [],
    offers: [],
    facts: [],
    recordings: [],
    queued_at: at(0),
    created_at: at(0),
    answered_at: null,
    ended_at: null,
    version: 1,
    ...more,
  };
}

function leg(id: string, more: Partial<Leg> = {}): Leg {
  return {
    id,
    role: "agent",
    staff_id: id,
    name: id,
    mode: "talk",
    state: "connected",
    is_held: false,
    is_muted: false,
    joined_at: at(0),
    ...more,
  };
}

function offer(id: string, more: Partial<Offer> = {}): Offer {
  return {
    id,
    staff_id: "anna",
    kind: "queue",
    state: "offered",
    by_name: null,
    offered_at: at(0),
    until: at(20),
    ...more,
  };
}

const customer = (more: Partial<Leg> = {}) =>
  leg("customer", { role: "customer", staff_id: null, name: "", ...more });
const fact = (name: CallFact["fact"], who: string | null, second: number): CallFact => ({
  fact: name,
  name: who,
  to_name: null,
  at: at(second),
});
const ids = (calls: readonly CallRow[]) => calls.map(({ id }) => id);

test("keeps the newer state of a call, and forgets it when it is over", () => {
  const known = withCall(new Map(), call("1", { version: 2 }));
  assert.equal(withCall(known, call("1", { version: 1, state: "ended" })), known);
  assert.equal(withCall(known, call("1", { version: 3, state: "active" })).get("1")?.version, 3);
  assert.equal(withCall(known, call("1", { version: 3, state: "ended" })).size, 0);
});

test("rings at whom a call is offered, the first ring first, and at nobody else", () => {
  const calls = [
    call("late", { offers: [offer("2", { offered_at: at(9) })] }),
    call("first", { offers: [offer("1"), offer("x", { staff_id: "ben" })] }),
    call("taken", { offers: [offer("3", { state: "taken" })] }),
  ];
  assert.deepEqual(
    ringsAt(calls, "anna").map(({ offer: { id } }) => id),
    ["1", "2"],
  );
  assert.deepEqual(ringsAt(calls, undefined), []);
});

test("finds the call somebody is in, and none they have left", () => {
  const calls = [
    call("1", { state: "active", legs: [leg("anna", { state: "left" })] }),
    call("2", { state: "active", legs: [customer(), leg("anna")] }),
  ];
  assert.equal(seatOf(calls, "anna")?.call.id, "2");
  assert.equal(seatOf(calls.slice(0, 1), "anna"), null);
});

test("puts the longest waiting first, apart from callbacks and from those who talk", () => {
  const calls = [
    call("short", { queued_at: at(30) }),
    call("long", { state: "ringing" }),
    call("back", { state: "callback" }),
    call("talk", { state: "active", answered_at: at(5) }),
  ];
  assert.deepEqual(ids(waitingOf(calls)), ["long", "short"]);
  assert.deepEqual(ids(callbacksOf(calls)), ["back"]);
  assert.deepEqual(ids(talksOf(calls)), ["talk"]);
});

test("knows how far asking a colleague has come, for the one who asks alone", () => {
  const anna = leg("anna");
  const ben = leg("ben");
  const held = customer({ is_held: true });
  const facts = [fact("held", "anna", 10)];
  const ringing = call("1", {
    state: "active",
    legs: [held, anna],
    facts,
    offers: [offer("o", { kind: "attended", staff_id: "ben", by_name: "anna" })],
  });
  assert.equal(consultationOf({ call: ringing, leg: anna }).is, "ringing");
  const talking = call("1", {
    state: "active",
    legs: [held, anna, ben],
    facts: [...facts, fact("joined", "ben", 12)],
  });
  assert.deepEqual(consultationOf({ call: talking, leg: anna }), { is: "talking", colleague: ben });
  assert.equal(consultationOf({ call: talking, leg: ben }).is, "none");
  const own = call("1", { state: "active", legs: [held, anna, ben], facts: [] });
  assert.equal(consultationOf({ call: own, leg: anna }).is, "none", "the customer holds");
});

test("says who waits for whom", () => {
  const stands = (anna: Partial<Leg>, theirs: Partial<Leg>, state: CallRow["state"] = "active") =>
    standingOf({ call: call("1", { state, legs: [customer(theirs)] }), leg: leg("anna", anna) });
  assert.equal(stands({}, {}), "talking");
  assert.equal(stands({ state: "joining" }, {}), "connecting");
  assert.equal(stands({ is_held: true }, {}), "holding");
  assert.equal(stands({}, { is_held: true }), "held");
  assert.equal(stands({}, { state: "away" }), "lost");
  assert.equal(stands({}, {}, "calling"), "ringing");
});

test("offers those first who are free, then who speaks the language, then who has the skill", () => {
  const person = (id: string, languages: string[], skills: string[] = []) => ({
    id,
    name: id,
    locale: "en",
    languages,
    skills,
  });
  const people = [
    person("busy", ["pl"], ["wine"]),
    person("foreign", []),
    person("skilled", ["de"], ["wine"]),
    person("speaker", ["pl", "de"]),
  ];
  const sorted = whoCanHelp(people, call("1", { skill: "wine" }), (id) => id !== "busy");
  assert.deepEqual(
    sorted.map(({ id }) => id),
    ["speaker", "skilled", "foreign", "busy"],
  );
});
