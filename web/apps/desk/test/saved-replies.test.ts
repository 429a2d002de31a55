import assert from "node:assert/strict";
import { test } from "node:test";
import {
  fitting,
  replaced,
  unfilled,
  wishAt,
  written,
} from "../src/conversations/saved-replies.ts";

const reply = (shortcut: string, title: string, bodies: Record<string, string> = {}) => ({
  id: shortcut,
  shop_id: "shop",
  shortcut,
  title,
  bodies,
  updated_at: "2026-11-21T10:00:00Z",
});

const NONE = {
  customer: "",
  first_name: "",
  email: "",
  agent: "",
  shop: "",
  page: "",
  subject: "",
  order: "",
};

test("hears a wish after a slash at the beginning of a word only", () => {
  assert.deepEqual(wishAt("/del", 4), { start: 0, wish: "del" });
  assert.deepEqual(wishAt("Hello /", 7), { start: 6, wish: "" });
  assert.equal(wishAt("and/or", 6), null);
  assert.equal(wishAt("/del done", 9), null);
});

test("puts replies whose shortcut fits before those whose title fits", () => {
  const replies = [
    reply("returns", "Délivery back"),
    reply("delivery", "How we send"),
    reply("x", "y"),
  ];
  assert.deepEqual(
    fitting(replies, "deliv").map(({ id }) => id),
    ["delivery", "returns"],
  );
});

test("writes in the customer's language and leaves unknown variables visible", () => {
  const greeting = reply("hi", "Hello", {
    en: "Hello {{customer}}",
    pl: "Dzień dobry, {{ customer }}! {{agent}}, {{shop}} {{price}}",
  });
  const variables = { ...NONE, customer: "Ewa", agent: "Jan", shop: "Stoa", page: "/" };
  assert.equal(written(greeting, "pl", variables), "Dzień dobry, Ewa! Jan, Stoa {{price}}");
  assert.equal(written(greeting, "it", variables), "Hello Ewa");
});

test("calls a customer without a name nothing", () => {
  const greeting = reply("hi", "Hello", {
    en: "Hello {{customer}}, this is {{agent}}.",
    pl: "Dzień dobry, {{ customer }}! Tu {{agent}}.",
  });
  const variables = { ...NONE, agent: "Jan", shop: "Stoa", page: "/" };
  assert.equal(written(greeting, "en", variables), "Hello, this is Jan.");
  assert.equal(written(greeting, "pl", variables), "Dzień dobry! Tu Jan.");
});

test("leaves what is not known where somebody sees it, and names it", () => {
  const order = reply("o", "Order", { en: "Your order {{order}} and {{ oder }}, {{first_name}}" });
  const known = { ...NONE, customer: "Ewa Nowak", first_name: "Ewa", order: "S-1001" };
  const text = written(order, "en", known);
  assert.equal(text, "Your order S-1001 and {{ oder }}, Ewa");
  assert.deepEqual(unfilled(text), ["{{ oder }}"]);
  assert.deepEqual(unfilled(written(order, "en", NONE)), ["{{order}}", "{{ oder }}"]);
  assert.deepEqual(unfilled("{ }} {{\n}} nothing"), []);
});

test("puts a reply where its wish stood, and keeps what was written meanwhile", () => {
  const found = { from: 6, wish: "/del", words: "It is on its way." };
  assert.equal(replaced("Hello /del", found), "Hello It is on its way.");
  assert.equal(replaced("Hello /del Bye", found), "Hello It is on its way. Bye");
  assert.equal(replaced("Something else", found), "Something else It is on its way.");
  assert.equal(replaced("", found), "It is on its way.");
});
