"""Keyset paging: a page ends with a cursor that says after which row the next one begins."""

import base64
import binascii
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Generic, TypeVar
from uuid import UUID

import orjson

from stoa.platform.errors import FieldProblem, InvalidInput

Item = TypeVar("Item")


@dataclass(frozen=True, slots=True)
class Page(Generic[Item]):
    """`next` is the cursor of the following page, None at the end."""

    items: Sequence[Item]
    next: str | None


def encode_cursor(*key: str | int) -> str:
    return base64.urlsafe_b64encode(orjson.dumps(key)).rstrip(b"=").decode()


def decode_cursor(cursor: str | None, *, size: int) -> list[str | int] | None:
    """The key of the last row seen, `size` parts long; None on the first page.

    Raises:
        InvalidInput: not a cursor we made.
    """
    if not cursor:
        return None
    try:
        key = orjson.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    except (ValueError, binascii.Error) as error:
        raise InvalidInput([FieldProblem("cursor", "field.invalid")]) from error
    if not isinstance(key, list) or len(key) != size:
        raise InvalidInput([FieldProblem("cursor", "field.invalid")])
    return key


def decode_moment(cursor: str | None) -> tuple[datetime, UUID] | None:
    """The (time, id) of the last row seen, for lists in the order of time.

    Raises:
        InvalidInput: not a cursor we made.
    """
    key = decode_cursor(cursor, size=2)
    if key is None:
        return None
    try:
        return datetime.fromisoformat(str(key[0])), UUID(str(key[1]))
    except ValueError as error:
        raise InvalidInput([FieldProblem("cursor", "field.invalid")]) from error
