import "./browser.ts";
import assert from "node:assert/strict";
import { test } from "node:test";
import type { Queue, Team } from "../src/api/teams.ts";
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
