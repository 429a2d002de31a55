import "./browser.ts";
import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { Problem } from "../src/app/http.ts";

const { dispatch, dispatchAll, drop, parcels } = await import("../src/conversations/outbox.ts");
type Parcel = Parameters<typeof dispatch>[0];

function parcel(clientId: string): Parcel {
  return {
    clientId,
    conversationId: "conversation",
    body: `text of ${clientId}`,
    isNote: false,
    attachmentIds: [],
    attachmentNames: [],
    state: "sending",
    createdAt: "2026-11-21T10:00:00Z",
  };
}

const kept = (): Parcel[] => JSON.parse(localStorage.getItem("stoa.desk.outbox") ?? "[]");
const states = () => parcels.value.map(({ clientId, state }) => [clientId, state]);

beforeEach(() => {
  for (const { clientId } of parcels.value) drop(clientId);
});

test("keeps what was written until it is stored", async () => {
  let store = () => {};
  const sent = dispatch(parcel("one"), () => new Promise((resolve) => (store = resolve)));
  assert.deepEqual(states(), [["one", "sending"]]);
  assert.equal(kept()[0]?.body, "text of one");
  store();
  await sent;
  assert.deepEqual(states(), []);
  assert.deepEqual(kept(), []);
});

test("marks what was refused and sends it again when asked", async () => {
  const refuse = async () => {
    throw new Problem(422, "too_long", "This is too long.", []);
  };
  await dispatch(parcel("two"), refuse);
  assert.deepEqual(states(), [["two", "failed"]]);
  await dispatchAll(refuse);
  assert.deepEqual(states(), [["two", "failed"]]);
  const [again] = parcels.value;
  assert.ok(again);
  await dispatch(again, async () => {});
  assert.deepEqual(states(), []);
});

test("does not send twice what is under way, and sends again what the line lost", async () => {
  let count = 0;
  const lose = async () => {
    count += 1;
    throw new Error("the line is down");
  };
  await Promise.all([dispatch(parcel("three"), lose), dispatch(parcel("three"), lose)]);
  assert.equal(count, 1);
  assert.deepEqual(states(), [["three", "sending"]]);
  const carried: string[] = [];
  await dispatchAll(async ({ clientId }) => {
    carried.push(clientId);
  });
  assert.deepEqual(carried, ["three"]);
  assert.deepEqual(states(), []);
});

test("sends what was written in one conversation in its order, whatever way each goes", async () => {
  const stored: string[] = [];
  let letGo = () => {};
  const carry = async ({ clientId }: Parcel) => {
    if (clientId === "slow") await new Promise<void>((resolve) => (letGo = resolve));
    stored.push(clientId);
  };
  const slow = dispatch(parcel("slow"), carry);
  const quick = dispatch(parcel("quick"), carry);
  await dispatch({ ...parcel("elsewhere"), conversationId: "another" }, carry);
  letGo();
  await Promise.all([slow, quick]);
  assert.deepEqual(stored, ["elsewhere", "slow", "quick"]);
});

test("goes on with what comes after a refused one", async () => {
  const refuse = async () => {
    throw new Problem(422, "too_long", "This is too long.", []);
  };
  await Promise.all([dispatch(parcel("bad"), refuse), dispatch(parcel("good"), async () => {})]);
  assert.deepEqual(states(), [["bad", "failed"]]);
});
