"""Foreseen errors: a fact with a code; the edge finds its words in the reader's language."""

from collections.abc import Sequence
from dataclasses import dataclass
from dataclasses import field as default
from typing import ClassVar

Param = str | int | None


@dataclass(frozen=True, slots=True)
class FieldProblem:
    """One field that cannot be taken. `field` is the form's name for it, never its value."""

    field: str
    code: str
    params: dict[str, Param] = default(default_factory=dict)


class DomainError(Exception):
    """Base of all foreseen errors. `code` is the key of the text in the `errors` catalogue."""

    code: ClassVar[str] = "error"
    status: ClassVar[int] = 400

    def __init__(self, **params: Param) -> None:
        super().__init__(self.code, params)
        self.params = params


class NotFound(DomainError):
    code = "not_found"
    status = 404


class Unauthenticated(DomainError):
    code = "unauthenticated"
    status = 401


class Forbidden(DomainError):
    code = "forbidden"
    status = 403


class Conflict(DomainError):
    """Somebody else changed it first; the reader has to look again."""

    code = "conflict"
    status = 409


class TooManyRequests(DomainError):
    code = "too_many_requests"
    status = 429

    def __init__(self, *, retry_after_seconds: int) -> None:
        super().__init__(retry_after_seconds=retry_after_seconds)
        self.retry_after_seconds = retry_after_seconds


class TooBusy(DomainError):
    """More work waits than can be taken on, or the process is ending; nothing was changed."""

    code = "busy"
    status = 503


class TooLarge(DomainError):
    code = "too_large"
    status = 413


class InvalidInput(DomainError):
    """What came in does not fit its form; nothing was changed."""

    code = "invalid_input"
    status = 422

    def __init__(self, fields: Sequence[FieldProblem] = ()) -> None:
        super().__init__()
        self.fields = tuple(fields)
