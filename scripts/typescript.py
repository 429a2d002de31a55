"""JSON Schema, as pydantic writes it, into TypeScript types."""

import json
import re
from collections.abc import Sequence
from typing import Any, Literal

from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

Mode = Literal["validation", "serialization"]
Schema = dict[str, Any]

_PLAIN = {"integer": "number", "number": "number", "boolean": "boolean", "null": "null"}


def type_name(definition: str) -> str:
    """`Body-Input` and the like as an identifier."""
    return re.sub(r"\W+", "", definition.replace("-Output", ""))


def type_of(schema: Schema | bool) -> str:
    """The TypeScript type of a schema."""
    if isinstance(schema, bool) or not schema:
        return "unknown"
    if "$ref" in schema:
        return type_name(schema["$ref"].rpartition("/")[2])
    if "const" in schema:
        return json.dumps(schema["const"], ensure_ascii=False)
    if "enum" in schema:
        return " | ".join(json.dumps(value, ensure_ascii=False) for value in schema["enum"])
    for word in ("anyOf", "oneOf"):
        if word in schema:
            return " | ".join(dict.fromkeys(type_of(one) for one in schema[word]))
    if "allOf" in schema:
        return " & ".join(type_of(one) for one in schema["allOf"])
    return _type_by_kind(schema)


def _type_by_kind(schema: Schema) -> str:
    kind = schema.get("type")
    if kind == "array":
        if "prefixItems" in schema:
            return "[" + ", ".join(type_of(one) for one in schema["prefixItems"]) + "]"
        inner = type_of(schema.get("items", True))
        return f"({inner})[]" if " " in inner else f"{inner}[]"
    if kind == "object":
        if "properties" in schema:
            raise ValueError(f"an object without a name: {schema}")
        keys = schema.get("propertyNames", {})
        key = type_of(keys) if "enum" in keys or "$ref" in keys else "string"
        value = type_of(schema.get("additionalProperties", True))
        return f"Record<string, {value}>" if key == "string" else f"{{ [K in {key}]?: {value} }}"
    if kind == "string":
        return "string"
    if kind in _PLAIN:
        return _PLAIN[kind]
    return "unknown"


def _comment(text: str | None, indent: str = "") -> list[str]:
    if not text:
        return []
    lines = [line.strip() for line in text.strip().splitlines()]
    if len(lines) == 1:
        return [f"{indent}/** {lines[0]} */"]
    return [f"{indent}/**", *(f"{indent} * {line}".rstrip() for line in lines), f"{indent} */"]


def _interface(name: str, schema: Schema, *, is_answer: bool, is_sparse: bool) -> list[str]:
    lines = [*_comment(schema.get("description")), f"export interface {name} {{"]
    required = set(schema.get("required", ()))
    for field, inner in schema.get("properties", {}).items():
        is_there = field in required or (is_answer and not is_sparse) or "const" in inner
        lines += _comment(inner.get("description"), "  ")
        lines.append(f"  {field}{'' if is_there else '?'}: {type_of(inner)};")
    lines.append("}")
    return lines


def declarations(
    models: Sequence[tuple[type[BaseModel], Mode]], *, sparse: Sequence[str] = ()
) -> tuple[list[str], dict[tuple[type[BaseModel], Mode], str]]:
    """TypeScript for all the models and what they consist of, and each model's name in it.

    What the server writes has every field, but for the models in `sparse`, which leave out nulls.
    """
    names, root = models_json_schema(list(models), ref_template="#/$defs/{model}")
    written = {
        type_name(schema["$ref"].rpartition("/")[2])
        for (_, mode), schema in names.items()
        if mode == "serialization"
    }
    lines: list[str] = []
    definitions: dict[str, Schema] = root.get("$defs", {})
    answers = _reached(definitions, written)
    for definition in sorted(definitions):
        schema, name = definitions[definition], type_name(definition)
        if "properties" in schema or (schema.get("type") == "object" and len(schema) <= 4):
            lines += _interface(name, schema, is_answer=name in answers, is_sparse=name in sparse)
        else:
            lines += [
                *_comment(schema.get("description")),
                f"export type {name} = {type_of(schema)};",
            ]
        lines.append("")
    by_model = {
        (model, mode): type_name(schema["$ref"].rpartition("/")[2])
        for (model, mode), schema in names.items()
    }
    return lines, by_model  # type: ignore[return-value]  # pydantic's key is wider than ours


def _reached(definitions: dict[str, Schema], start: set[str]) -> set[str]:
    """The names of everything that answers consist of."""
    inner = {
        type_name(name): {
            type_name(found) for found in re.findall(r'"#/\$defs/([^"]+)"', json.dumps(schema))
        }
        for name, schema in definitions.items()
    }
    reached: set[str] = set()
    waiting = set(start)
    while waiting:
        name = waiting.pop()
        reached.add(name)
        waiting |= inner.get(name, set()) - reached
    return reached
