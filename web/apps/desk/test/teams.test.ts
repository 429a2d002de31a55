import "./browser.ts";
import assert from "node:assert/strict";
import { test } from "node:test";
import type { Queue, Team } from "../src/api/teams.ts";
import { chosenFirst, found, knownSkills } from "../src/teams/choosing.ts";
import { gapsOf } from "../src/teams/gaps.ts";

const QUEUE: Queue = {
  id: "queue",
  name: "Chat",
  rule: "least_busy",
  priority: 0,
  takes_counter: true,
  inbox_ids: [],
  skills: [],
  needs_language: true,
  overflow_queue_id: null,
  overflow_seconds: null,
  return_seconds: 60,
};
const TEAM: Team = {
  id: "team",
  name: "Counter",
  languages: ["pl"],
  shop_ids: [],
  member_ids: ["ada", "bo"],
  queues: [QUEUE],
};
const ADA = { id: "ada", is_active: true, locale: "en", languages: [], skills: [] };
const BO = { id: "bo", is_active: true, locale: "en", languages: ["pl", "de"], skills: ["wine"] };

const missing = (team: Partial<Team>, people = [ADA, BO]) =>
  gapsOf({ ...TEAM, ...team }, people, ["en", "pl", "el"]).map(({ languages }) => languages);

test("says which customers a team would let wait for ever", () => {
  assert.deepEqual(missing({}), []);
  assert.deepEqual(missing({}, [ADA]), [["pl"]], "nobody who is left speaks Polish");
  assert.deepEqual(missing({}, [ADA, { ...BO, is_active: false }]), [["pl"]]);
  assert.deepEqual(missing({ languages: [] }), [["el"]], "a team for all speaks all");
  assert.deepEqual(missing({ member_ids: [] }), [null]);
  const wine = { ...QUEUE, skills: ["wine"] };
  assert.deepEqual(missing({ queues: [wine] }), []);
  assert.deepEqual(missing({ queues: [wine] }, [ADA]), [null]);
});

test("says nothing of what goes on, is taken by hand, comes from nowhere or needs no language", () => {
  for (const change of [
    { overflow_queue_id: "other" },
    { rule: "manual" as const },
    { takes_counter: false },
    { needs_language: false },
  ]) {
    assert.deepEqual(missing({ queues: [{ ...QUEUE, ...change }] }, [ADA]), [], `${change}`);
  }
});

const PEOPLE = [
  { id: "z", label: "Zoé Ardent", also: "French wine" },
  { id: "e", label: "Ελένη Παππά", also: "Greek tiles" },
  { id: "a", label: "Adam Nowak", also: "Polish wine" },
];
const ids = (list: readonly { id: string }[]) => list.map(({ id }) => id);

test("finds people by name, language and skill, with accents or without", () => {
  assert.deepEqual(ids(found(PEOPLE, "")), ["z", "e", "a"]);
  assert.deepEqual(ids(found(PEOPLE, " zoe ")), ["z"]);
  assert.deepEqual(ids(found(PEOPLE, "παππα")), ["e"]);
  assert.deepEqual(ids(found(PEOPLE, "wine")), ["z", "a"]);
  assert.deepEqual(ids(found(PEOPLE, "wine polish")), ["a"]);
  assert.deepEqual(ids(found(PEOPLE, "nobody")), []);
});

test("shows who is chosen before the others, each by name", () => {
  assert.deepEqual(ids(chosenFirst(PEOPLE, ["z"])), ["z", "a", "e"]);
  assert.deepEqual(ids(chosenFirst(PEOPLE, [])), ["a", "z", "e"]);
});

test("knows every skill once, also one that nobody has any more", () => {
  const people = [{ skills: ["wine", "tiles"] }, { skills: ["wine"] }, { skills: [] }];
  assert.deepEqual(knownSkills(people, ["gifts", "wine"]), ["gifts", "tiles", "wine"]);
});
