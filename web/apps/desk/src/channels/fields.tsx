import { Button, Checkbox, SelectField, TextArea, TextField } from "@stoa/ui";
import type { Form } from "../app/form.ts";
import { t } from "../app/texts.ts";
import { PriceField } from "./price-field.tsx";
import { blank, groupsOf, isOptional, resolved, type Schema, variantsOf } from "./schema.ts";
import { channelText } from "./words.ts";

interface FieldsProps {
  readonly channel: string;
  readonly root: Schema;
  readonly schema: Schema;
  readonly values: Readonly<Record<string, unknown>>;
  readonly path: readonly string[];
  /** Where they stand in the whole, with the numbers of rows: what a refusal names. */
  readonly place: readonly string[];
  /** The settings as a whole. */
  readonly whole: Readonly<Record<string, unknown>>;
  /** The paths of the secrets that are known. */
  readonly known: readonly string[];
  readonly form: Form;
  readonly redirectUrl: string;
  readonly change: (path: readonly string[], value: unknown) => void;
}

/** The fields of a channel's settings, drawn from their schema, those of a group together. */
export function Fields({ schema, ...rest }: FieldsProps) {
  const draw = ([name, field]: [string, Schema]) => (
    <Field key={name} name={name} given={field} schema={schema} {...rest} />
  );
  return (
    <>
      {groupsOf(schema, rest.values).map(([group, fields]) => {
        const legend = group && channelText(`channel.${rest.channel}.group.${group}`);
        if (!legend) return fields.map(draw);
        return (
          <fieldset key={group} class="stack channel-group">
            <legend>{legend}</legend>
            {fields.map(draw)}
          </fieldset>
        );
      })}
    </>
  );
}

function Field({ name, given, ...rest }: FieldsProps & { name: string; given: Schema }) {
  const { channel, root, values, known, form, change } = rest;
  const schema = resolved(given, root);
  const path = [...rest.path, name];
  const key = `channel.${channel}.field.${path.join(".")}`;
  const label = channelText(key) || schema.title || name;
  const hint = channelText(`${key}.help`) || undefined;
  const place = [...rest.place, name];
  const error = form.errorOf(`settings.${place.join(".")}`);
  const value = values[name];
  const common = { label, hint, error };
  const variants = variantsOf(schema, root);
  if (variants.length > 0)
    return <Choice {...rest} name={name} schema={schema} label={label} variants={variants} />;
  if (schema.const !== undefined) return null;
  if (schema.properties)
    return (
      <fieldset class="stack channel-group">
        <legend>{label}</legend>
        {hint && <p class="quiet">{hint}</p>}
        {isOptional(given) && (
          <Checkbox
            label={t("channels.use")}
            checked={value !== null && value !== undefined}
            onChange={(is) => change(path, is ? blank(schema, root) : null)}
          />
        )}
        {value !== null && value !== undefined && (
          <Fields
            {...rest}
            schema={schema}
            values={value as Record<string, unknown>}
            path={path}
            place={place}
          />
        )}
      </fieldset>
    );
  if (schema.enum)
    return (
      <SelectField
        {...common}
        value={String(value ?? "")}
        options={schema.enum.map((one) => [
          String(one),
          channelText(`${key}.${String(one)}`) || String(one),
        ])}
        onChange={(event) => change(path, event.currentTarget.value)}
      />
    );
  if (schema.type === "boolean")
    return (
      <div>
        <Checkbox label={label} checked={value === true} onChange={(is) => change(path, is)} />
        {hint && <p class="ui-hint">{hint}</p>}
      </div>
    );
  if (schema.format === "micros")
    return (
      <PriceField
        label={label}
        error={error}
        currency={String(rest.whole.currency ?? "")}
        value={typeof value === "number" ? value : null}
        change={(micros) => change(path, micros)}
      />
    );
  if (schema.type === "integer" || schema.type === "number")
    return (
      <TextField
        {...common}
        inputMode="decimal"
        value={value === null || value === undefined ? "" : String(value)}
        onInput={(event) => {
          const text = event.currentTarget.value.trim();
          change(path, text === "" ? null : Number.isNaN(Number(text)) ? text : Number(text));
        }}
      />
    );
  if (schema.type === "array")
    return <Rows {...rest} path={path} place={place} schema={schema} {...common} value={value} />;
  if (schema.writeOnly)
    return (
      <TextArea
        {...common}
        rows={1}
        class="ui-input secret-input"
        autocomplete="off"
        spellcheck={false}
        placeholder={known.includes(path.join(".")) ? t("channels.secretKept") : ""}
        value={String(value ?? "")}
        onInput={(event) => change(path, event.currentTarget.value || null)}
      />
    );
  if (schema.format === "multiline")
    return (
      <TextArea
        {...common}
        rows={3}
        value={String(value ?? "")}
        onInput={(event) => change(path, event.currentTarget.value)}
      />
    );
  return (
    <TextField
      {...common}
      value={String(value ?? "")}
      required={rest.schema.required?.includes(name) ?? false}
      onInput={(event) => {
        const text = event.currentTarget.value;
        change(path, text === "" && isOptional(given) ? null : text);
      }}
    />
  );
}

function Choice({
  name,
  label,
  variants,
  ...rest
}: FieldsProps & { name: string; label: string; variants: [string, Schema][] }) {
  const { channel, root, values, schema, change } = rest;
  const path = [...rest.path, name];
  const word = schema.discriminator?.propertyName ?? "";
  const inner = (values[name] ?? {}) as Record<string, unknown>;
  const chosen = variants.find(([one]) => one === inner[word]) ?? variants[0];
  return (
    <>
      <SelectField
        label={label}
        value={String(inner[word] ?? "")}
        options={variants.map(([one]) => [
          one,
          channelText(`channel.${channel}.field.${path.join(".")}.${one}`) || one,
        ])}
        onChange={(event) => {
          const found = variants.find(([one]) => one === event.currentTarget.value);
          if (found) change(path, blank(found[1], root));
        }}
      />
      {chosen?.[1].redirects && (
        <TextField
          label={t("channels.redirectLabel")}
          hint={t("channels.redirect")}
          value={rest.redirectUrl}
          readOnly
          onFocus={(event) => event.currentTarget.select()}
        />
      )}
      {chosen && (
        // A refusal names the chosen variant too, after the field.
        <Fields
          {...rest}
          schema={chosen[1]}
          values={inner}
          path={path}
          place={[...rest.place, name, chosen[0]]}
        />
      )}
    </>
  );
}

interface RowsProps extends FieldsProps {
  readonly label: string;
  readonly hint: string | undefined;
  readonly error: string | undefined;
  readonly value: unknown;
}

/** A list: lines of text, or rows of small fields. */
function Rows({ label, hint, error, value, schema, path, place, ...rest }: RowsProps) {
  const item = resolved(schema.items ?? {}, rest.root);
  const rows = Array.isArray(value) ? value : [];
  if (!item.properties)
    return (
      <TextArea
        label={label}
        hint={hint ?? t("channels.oneLineEach")}
        error={error}
        rows={3}
        value={rows.join("\n")}
        onInput={(event) => rest.change(path, event.currentTarget.value.split("\n"))}
        onBlur={(event) =>
          rest.change(
            path,
            event.currentTarget.value
              .split("\n")
              .map((line) => line.trim())
              .filter(Boolean),
          )
        }
      />
    );
  const set = (index: number, row: unknown) =>
    rest.change(
      path,
      rows.map((one, at) => (at === index ? row : one)),
    );
  return (
    <fieldset class="stack channel-group">
      <legend>{label}</legend>
      {hint && <p class="quiet">{hint}</p>}
      {rows.map((row, index) => (
        <div key={index} class="channel-row">
          <Fields
            {...rest}
            schema={item}
            values={row as Record<string, unknown>}
            path={path}
            place={[...place, String(index)]}
            change={(at, inner) =>
              set(index, { ...(row as Record<string, unknown>), [at.at(-1) as string]: inner })
            }
          />
          <Button
            small
            onClick={() =>
              rest.change(
                path,
                rows.filter((_, at) => at !== index),
              )
            }
          >
            {t("channels.removeRow")}
          </Button>
        </div>
      ))}
      <Button small onClick={() => rest.change(path, [...rows, blank(item, rest.root)])}>
        {t("channels.addRow")}
      </Button>
    </fieldset>
  );
}
