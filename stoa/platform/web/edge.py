"""The commit edge: a handler runs inside one session, and its answer leaves after the commit."""

import re
from collections.abc import Awaitable, Callable
from typing import TypeVar
from uuid import UUID

import asyncpg
import orjson
from pydantic import BaseModel, ValidationError
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from stoa.platform.database.session import ReadSession, Session
from stoa.platform.errors import DomainError, FieldProblem, InvalidInput, NotFound, TooLarge
from stoa.platform.node import node_of

ReadHandler = Callable[[Request, ReadSession], Awaitable[Response]]
WriteHandler = Callable[[Request, Session], Awaitable[Response]]
Model = TypeVar("Model", bound=BaseModel)

JSON_MAX_BYTES = 1024 * 1024
# PostgreSQL's text cannot hold it, and nobody means it: an escape that is not itself escaped.
NUL = re.compile(rb"(?<!\\)(?:\\\\)*\\u0000")


class BadRequest(DomainError):
    code = "bad_request"
    status = 400


def get(path: str, handler: ReadHandler, *, name: str | None = None) -> Route:
    """A route that only reads."""

    async def endpoint(request: Request) -> Response:
        async with node_of(request).database.read() as session:
            return await handler(request, session)

    return Route(path, endpoint, methods=["GET"], name=name or handler.__name__)


# Two who wait for each other are told apart by the database: one of them begins anew.
WRITTEN_TRIES = 3


def _writing(method: str, path: str, handler: WriteHandler, name: str | None) -> Route:
    async def endpoint(request: Request) -> Response:
        for tries_left in reversed(range(WRITTEN_TRIES)):
            try:
                async with node_of(request).database.begin() as session:
                    response = await handler(request, session)
            except asyncpg.TransactionRollbackError:
                if tries_left == 0:
                    raise
                continue
            return response
        raise AssertionError("unreachable")

    return Route(path, endpoint, methods=[method], name=name or handler.__name__)


def post(path: str, handler: WriteHandler, *, name: str | None = None) -> Route:
    return _writing("POST", path, handler, name)


def put(path: str, handler: WriteHandler, *, name: str | None = None) -> Route:
    return _writing("PUT", path, handler, name)


def patch(path: str, handler: WriteHandler, *, name: str | None = None) -> Route:
    return _writing("PATCH", path, handler, name)


def delete(path: str, handler: WriteHandler, *, name: str | None = None) -> Route:
    return _writing("DELETE", path, handler, name)


async def read_body(request: Request, *, max_bytes: int = JSON_MAX_BYTES) -> bytes:
    """The request's body, refused once it grows over `max_bytes`. It is kept: a handler whose
    transaction was given up by the database runs again."""
    known: bytes | None = getattr(request.state, "body", None)
    if known is not None:
        return known
    chunks, size = [], 0
    async for chunk in request.stream():
        size += len(chunk)
        if size > max_bytes:
            raise TooLarge(max_bytes=max_bytes)
        chunks.append(chunk)
    request.state.body = b"".join(chunks)
    return b"".join(chunks)


async def read_json(request: Request, model: type[Model]) -> Model:
    """The body as `model`.

    Raises:
        BadRequest: not JSON, or with a NUL character in it.
        InvalidInput: JSON of another shape; each field is named.
    """
    body = await read_body(request)
    if NUL.search(body):
        raise BadRequest
    try:
        return model.model_validate_json(body)
    except ValidationError as error:
        if any(problem["type"] == "json_invalid" for problem in error.errors()):
            raise BadRequest from error
        raise invalid_input(error) from error


def path_id(request: Request, name: str = "id") -> UUID:
    """The id in the request's path.

    Raises:
        NotFound: not an id, so nothing can be there.
    """
    try:
        return UUID(request.path_params[name])
    except ValueError as error:
        raise NotFound() from error


def read_query(request: Request, model: type[Model]) -> Model:
    """The query string as `model`; unknown parameters are passed over."""
    problems = [
        FieldProblem(name, "field.invalid")
        for name, value in request.query_params.items()
        if "\0" in value and name in model.model_fields
    ]
    if problems:
        raise InvalidInput(problems)
    try:
        return model.model_validate(dict(request.query_params))
    except ValidationError as error:
        raise invalid_input(error) from error


_TOO_SHORT = ("string_too_short", "too_short")


def invalid_input(error: ValidationError) -> InvalidInput:
    """Pydantic's errors as field problems. Values that came in are never repeated."""
    problems = []
    for detail in error.errors(include_url=False, include_input=False, include_context=True):
        context = detail.get("ctx", {})
        name = ".".join(str(part) for part in detail["loc"])
        if detail["type"] == "missing":
            problems.append(FieldProblem(name, "field.required"))
        elif detail["type"] in _TOO_SHORT and context.get("min_length") == 1:
            problems.append(FieldProblem(name, "field.required"))
        elif detail["type"] == "string_too_long":
            problems.append(FieldProblem(name, "field.too_long", {"max": context["max_length"]}))
        else:
            problems.append(FieldProblem(name, "field.invalid"))
    return InvalidInput(problems)


class JsonResponse(Response):
    """A pydantic model, a dataclass, or plain values as JSON. UUIDs and times are text."""

    media_type = "application/json"

    def render(self, content: object) -> bytes:
        return orjson.dumps(content, default=_plain)


def _plain(value: object) -> object:
    if isinstance(value, BaseModel):
        return value.model_dump(mode="json")
    if isinstance(value, UUID):  # asyncpg's own subclass
        return str(value)
    raise TypeError(f"not JSON: {type(value)}")
