"""The front end's types say what the schemas say."""

from enum import StrEnum
from typing import Literal
from uuid import UUID

import pytest
from pydantic import BaseModel, Field

from scripts.typescript import declarations, type_of


class Colour(StrEnum):
    RED = "red"
    BLUE = "blue"


class Part(BaseModel):
    id: UUID
    note: str | None = None


class Whole(BaseModel):
    """A whole of parts."""

    type: Literal["whole"] = "whole"
    parts: list[Part] = Field(default_factory=list, description="In order")
    colour: Colour = Colour.RED
    by_name: dict[str, int] = Field(default_factory=dict)
    either: list[int | str] = Field(default_factory=list)


def test_an_input_may_leave_out_what_has_a_default() -> None:
    text = "\n".join(declarations([(Whole, "validation")])[0])
    assert "/** A whole of parts. */\nexport interface Whole {" in text
    assert '  type: "whole";' in text
    assert "  /** In order */\n  parts?: Part[];" in text
    assert "  colour?: Colour;" in text
    assert 'export type Colour = "red" | "blue";' in text
    assert "  by_name?: Record<string, number>;" in text
    assert "  either?: (number | string)[];" in text
    assert "  id: string;\n  note?: string | null;" in text


def test_an_answer_has_every_field_and_so_have_its_parts() -> None:
    text = "\n".join(declarations([(Whole, "serialization")])[0])
    assert "  parts: Part[];" in text
    assert "  note: string | null;" in text


@pytest.mark.parametrize(
    ("schema", "wanted"),
    [
        ({}, "unknown"),
        (True, "unknown"),
        ({"type": "object"}, "Record<string, unknown>"),
        ({"prefixItems": [{"type": "integer"}, {"const": "x"}], "type": "array"}, '[number, "x"]'),
        ({"anyOf": [{"type": "string"}, {"type": "null"}]}, "string | null"),
        ({"$ref": "#/$defs/Body-Input"}, "BodyInput"),
    ],
)
def test_schemas_become_types(schema: dict[str, object] | bool, wanted: str) -> None:
    assert type_of(schema) == wanted
