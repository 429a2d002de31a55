import assert from "node:assert/strict";
import { test } from "node:test";
import cases from "../../../../tests/contact/channels/sms/segments.json";
import { segmentsOf, simplified } from "../src/channels/sms-segments.ts";

interface Case {
  text: string;
  repeat?: number;
  encoding: string;
  count: number;
  left: number;
  each: number;
}

test("counts as the server does", () => {
  for (const { text, repeat, ...expected } of cases as Case[]) {
    const found = segmentsOf(text.repeat(repeat ?? 1));
    assert.deepEqual(found, expected, `${text} x ${repeat}`);
  }
});

test("simplifies as the server does", () => {
  const pairs: [string, string][] = [
    ["Zażółć gęślą jaźń ŁÓDŹ", "Zazolc gesla jazn LODZ"],
    ["Η παραγγελία σας είναι έτοιμη", "H ΠAPAΓΓEΛIA ΣAΣ EINAI ETOIMH"],
    ["„Größe” – 10 €…", '"Größe" - 10 €...'],
    ["Perché è così", "Perché è così"],
    ["Zażółć 😀", "Zażółć 😀"],
  ];
  for (const [text, plain] of pairs) assert.equal(simplified(text), plain);
});
