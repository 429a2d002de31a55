import assert from "node:assert/strict";
import { test } from "node:test";
import { blank, groupsOf, type Schema, variantsOf } from "../src/channels/schema.ts";

const schema: Schema = {
  properties: {
    sign_in: {
      default: { kind: "password" },
      discriminator: { propertyName: "kind" },
      oneOf: [{ $ref: "#/$defs/Password" }, { $ref: "#/$defs/Google" }],
    },
    host: { type: "string", default: "" },
    password: {
      type: "string",
      default: "",
      only: { field: "sign_in", word: "kind", is: "password" },
    },
  },
  $defs: {
    Password: { properties: { kind: { const: "password", default: "password" } } },
    Google: {
      redirects: true,
      properties: { kind: { const: "google" }, client_id: { type: "string" } },
    },
  },
};

const drawn = (values: Readonly<Record<string, unknown>>) =>
  groupsOf(schema, values).flatMap(([, fields]) => fields.map(([name]) => name));

test("a field that belongs to one variant of a choice is drawn beside that one only", () => {
  assert.deepEqual(drawn({ sign_in: { kind: "password" } }), ["sign_in", "host", "password"]);
  assert.deepEqual(drawn({ sign_in: { kind: "google" } }), ["sign_in", "host"]);
  assert.deepEqual(drawn({}), ["sign_in", "host", "password"]);
});

test("a variant says whether an address is registered for it", () => {
  const variants = variantsOf(schema.properties?.sign_in as Schema, schema);
  assert.deepEqual(
    variants.map(([word, variant]) => [word, variant.redirects ?? false]),
    [
      ["password", false],
      ["google", true],
    ],
  );
  assert.deepEqual(blank(variants[1]?.[1] as Schema, schema), { kind: "google", client_id: "" });
});
