/** The part of JSON Schema that a channel's settings are described with. */
export interface Schema {
  readonly type?: string;
  readonly title?: string;
  readonly format?: string;
  readonly writeOnly?: boolean;
  readonly default?: unknown;
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly items?: Schema;
  readonly anyOf?: readonly Schema[];
  readonly oneOf?: readonly Schema[];
  readonly discriminator?: { readonly propertyName: string };
  readonly $ref?: string;
  readonly $defs?: Readonly<Record<string, Schema>>;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly group?: string;
  /** A variant for which a redirect address is registered at a provider. */
  readonly redirects?: boolean;
  /** Drawn only where this word of a choice is the chosen one. */
  readonly only?: { readonly field: string; readonly word: string; readonly is: string };
}

/** Returns the schema behind a reference, with what stands beside the reference. */
export function resolved(schema: Schema, root: Schema): Schema {
  if (schema.$ref) {
    const name = schema.$ref.split("/").at(-1) ?? "";
    const { $ref: _, ...beside } = schema;
    return { ...resolved(root.$defs?.[name] ?? {}, root), ...beside };
  }
  const some = schema.anyOf?.filter((one) => one.type !== "null");
  if (some?.length === 1) {
    const { anyOf: _, ...beside } = schema;
    return { ...resolved(some[0] as Schema, root), ...beside };
  }
  return schema;
}

export const isOptional = (schema: Schema): boolean =>
  schema.anyOf?.some((one) => one.type === "null") ?? false;

/** Returns the fields in their order, those in a row that name one group together; without those
 * that have no meaning beside these values. */
export function groupsOf(
  schema: Schema,
  values: Readonly<Record<string, unknown>> = {},
): [string, [string, Schema][]][] {
  const groups: [string, [string, Schema][]][] = [];
  for (const entry of Object.entries(schema.properties ?? {})) {
    if (!isDrawn(entry[1], values)) continue;
    const group = entry[1].group ?? "";
    const last = groups.at(-1);
    if (last?.[0] === group) last[1].push(entry);
    else groups.push([group, [entry]]);
  }
  return groups;
}

function isDrawn({ only }: Schema, values: Readonly<Record<string, unknown>>): boolean {
  const choice = only && (values[only.field] as Readonly<Record<string, unknown>> | undefined);
  return !only || !choice || choice[only.word] === only.is;
}

/** Returns the variants of a choice: the word that chooses each, and its fields. */
export function variantsOf(schema: Schema, root: Schema): [string, Schema][] {
  const name = schema.discriminator?.propertyName;
  if (!name || !schema.oneOf) return [];
  return schema.oneOf.map((one) => {
    const variant = resolved(one, root);
    const word = resolved(variant.properties?.[name] ?? {}, root);
    return [String(word.const ?? word.enum?.[0] ?? word.default ?? ""), variant];
  });
}

/** Returns what a field begins with. */
export function blank(given: Schema, root: Schema): unknown {
  const schema = resolved(given, root);
  if (schema.default !== undefined) return schema.default;
  if (schema.const !== undefined) return schema.const;
  if (isOptional(given)) return null;
  const [first] = variantsOf(schema, root);
  if (first) return blankObject(first[1], root);
  if (schema.properties) return blankObject(schema, root);
  if (schema.type === "array") return [];
  if (schema.type === "boolean") return false;
  return schema.enum?.[0] ?? (schema.type === "string" ? "" : null);
}

function blankObject(schema: Schema, root: Schema): Record<string, unknown> {
  const entries = Object.entries(schema.properties ?? {});
  return Object.fromEntries(entries.map(([name, field]) => [name, blank(field, root)]));
}

/** Returns a copy of `values` in which the field at `path` has a value. */
export function withValue(
  values: Readonly<Record<string, unknown>>,
  path: readonly string[],
  value: unknown,
): Record<string, unknown> {
  const [name, ...rest] = path as [string, ...string[]];
  if (rest.length === 0) return { ...values, [name]: value };
  const inner = (values[name] ?? {}) as Record<string, unknown>;
  return { ...values, [name]: withValue(inner, rest, value) };
}
