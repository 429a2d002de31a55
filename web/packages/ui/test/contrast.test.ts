import assert from "node:assert/strict";
import { test } from "node:test";
import css from "../src/tokens.css";

type Tokens = Record<string, string>;

function blocks(): { light: Tokens; system: Tokens; chosen: Tokens } {
  const read = (body: string | undefined): Tokens =>
    Object.fromEntries(
      [...(body ?? "").matchAll(/--([\w-]+):\s*(#[0-9a-f]{6})\b/g)].map((match) => [
        match[1] ?? "",
        match[2] ?? "",
      ]),
    );
  return {
    light: read(/:root \{([^}]*)\}/.exec(css)?.[1]),
    system: read(/:root:not\(\[data-theme="light"\]\) \{([^}]*)\}/.exec(css)?.[1]),
    chosen: read(/:root\[data-theme="dark"\] \{([^}]*)\}/.exec(css)?.[1]),
  };
}

function luminance(hex: string): number {
  const [red, green, blue] = [1, 3, 5].map((start) => {
    const channel = Number.parseInt(hex.slice(start, start + 2), 16) / 255;
    return channel <= 0.04045 ? channel / 12.92 : ((channel + 0.055) / 1.055) ** 2.4;
  }) as [number, number, number];
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

function contrast(tokens: Tokens, one: string, other: string): number {
  const [low, high] = [one, other]
    .map((name) => luminance(tokens[name] ?? assert.fail(`no token --${name}`)))
    .sort((a, b) => a - b) as [number, number];
  return (high + 0.05) / (low + 0.05);
}

const GROUNDS = ["ground", "surface", "sunk"];
const TEXT: [string, string][] = [
  ...["ink", "quiet", "action", "accent-strong", "good", "warn", "bad"].flatMap((ink) =>
    GROUNDS.map((ground): [string, string] => [ink, ground]),
  ),
  ["accent", "ground"],
  ["accent", "surface"],
  ...["action", "good", "warn", "bad"].map((ink): [string, string] => [ink, `${ink}-soft`]),
  ["accent-strong", "accent-soft"],
  ...["action", "accent", "good", "warn", "bad"].map((soft): [string, string] => [
    "ink",
    `${soft}-soft`,
  ]),
  ["on-action", "action"],
  ["on-action", "action-strong"],
  ["on-accent", "accent"],
  ["on-bad", "bad"],
];
const CONTROLS: [string, string][] = GROUNDS.flatMap((ground) => [
  ["edge", ground],
  ["action", ground],
]);

for (const [theme, tokens] of Object.entries(blocks())) {
  test(`every text pair reaches 4.5:1 and every control 3:1 (${theme})`, () => {
    for (const [ink, ground] of TEXT) {
      const ratio = contrast(tokens, ink, ground);
      assert.ok(ratio >= 4.5, `${ink} on ${ground} is ${ratio.toFixed(2)}`);
    }
    for (const [edge, ground] of CONTROLS) {
      const ratio = contrast(tokens, edge, ground);
      assert.ok(ratio >= 3, `${edge} on ${ground} is ${ratio.toFixed(2)}`);
    }
  });
}

test("both dark blocks hold the same colours", () => {
  const { system, chosen } = blocks();
  assert.deepEqual(system, chosen);
});
