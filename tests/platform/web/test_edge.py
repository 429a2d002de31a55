"""The commit edge: nothing is answered before it is stored, and errors are problems in words."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import aiohttp
import pytest
from pydantic import BaseModel, Field
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from stoa.platform.config import Settings
from stoa.platform.database.session import Database, ReadSession, Session
from stoa.platform.errors import Conflict, DomainError, TooManyRequests
from stoa.platform.node import Node
from stoa.platform.storage.blobs import LocalBlobStore
from stoa.platform.web import edge
from stoa.platform.web.problems import answer_problem
from tests.servers.asgi import serving


class Note(BaseModel):
    text: str = Field(min_length=1, max_length=10)


class Order(BaseModel):
    first: str
    second: str


async def add_note(request: Request, session: Session) -> Response:
    note = await edge.read_json(request, Note)
    await session.execute("INSERT INTO note (text) VALUES ($1)", note.text)
    return PlainTextResponse("stored")


async def add_then_refuse(_request: Request, session: Session) -> Response:
    await session.execute("INSERT INTO note (text) VALUES ('refused')")
    raise Conflict


async def add_then_break(_request: Request, session: Session) -> Response:
    await session.execute("INSERT INTO note (text) VALUES ('broken')")
    raise RuntimeError("unforeseen")


class Meeting:
    """Two requests that take the same two rows, each in its own order, once both have one."""

    def __init__(self) -> None:
        self.both = asyncio.Barrier(2)
        self.runs = 0


async def change_both(request: Request, session: Session) -> Response:
    order = await edge.read_json(request, Order)
    meeting: Meeting = request.app.state.meeting
    meeting.runs += 1
    await session.execute("UPDATE pair SET count = count + 1 WHERE name = $1", order.first)
    if meeting.runs <= 2:
        await meeting.both.wait()
    await session.execute("UPDATE pair SET count = count + 1 WHERE name = $1", order.second)
    return PlainTextResponse(order.first)


async def wait(_request: Request, _session: ReadSession) -> Response:
    raise TooManyRequests(retry_after_seconds=7)


@pytest.fixture(scope="module")
async def shop(database: Database, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[str]:
    folder: Path = tmp_path_factory.mktemp("edge")
    async with database.begin() as session:
        # The unique constraint is checked at the commit, so a second row makes the commit fail.
        await session.execute("CREATE TABLE note (text text UNIQUE DEFERRABLE INITIALLY DEFERRED)")
        await session.execute("CREATE TABLE pair (name text PRIMARY KEY, count int DEFAULT 0)")
        await session.execute("INSERT INTO pair (name) VALUES ('one'), ('other')")
    app = Starlette(
        routes=[
            edge.post("/notes", add_note),
            edge.post("/refused", add_then_refuse),
            edge.post("/broken", add_then_break),
            edge.post("/both", change_both),
            edge.get("/wait", wait),
        ],
        exception_handlers={
            DomainError: answer_problem,
            HTTPException: answer_problem,
            Exception: answer_problem,
        },
    )
    app.state.meeting = Meeting()
    app.state.node = Node(
        settings=Settings(data_dir=folder), database=database, blobs=LocalBlobStore(folder)
    )
    async with serving(app) as address:
        yield address


@pytest.fixture
async def client(shop: str) -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession(base_url=shop) as session:
        yield session


async def count(database: Database, text: str) -> int:
    async with database.read() as session:
        found = await session.fetch_value("SELECT count(*) FROM note WHERE text = $1", text)
        return int(found)


async def test_a_commit_that_fails_is_never_answered_as_success(
    client: aiohttp.ClientSession, database: Database
) -> None:
    async with client.post("/notes", json={"text": "once"}) as response:
        assert (response.status, await response.text()) == (200, "stored")
    async with client.post("/notes", json={"text": "once"}) as response:
        assert response.status == 500
        assert (await response.json(content_type=None))["code"] == "internal"
    assert await count(database, "once") == 1


@pytest.mark.parametrize(("path", "status"), [("/refused", 409), ("/broken", 500)])
async def test_an_error_undoes_what_was_written(
    client: aiohttp.ClientSession, database: Database, path: str, status: int
) -> None:
    async with client.post(path) as response:
        assert response.status == status
    assert await count(database, path.removeprefix("/")) == 0


async def test_a_problem_speaks_the_readers_language(client: aiohttp.ClientSession) -> None:
    async with client.post("/refused", headers={"Accept-Language": "pl"}) as response:
        assert response.content_type == "application/problem+json"
        assert response.headers["Content-Language"] == "pl"
        problem = await response.json(content_type=None)
    assert problem["type"] == "urn:stoa:problem:conflict"
    assert problem["title"].startswith("W międzyczasie")


async def test_names_the_field_and_never_its_value(client: aiohttp.ClientSession) -> None:
    async with client.post("/notes", json={"text": "secret-value"}) as response:
        assert response.status == 422
        body = await response.text()
        problem = await response.json(content_type=None)
    assert "secret-value" not in body
    assert problem["errors"] == [
        {
            "field": "text",
            "code": "field.too_long",
            "message": "This is too long (at most 10 characters).",
        }
    ]


@pytest.mark.parametrize("body", [b"", b"{", b"\xff\xfe", b'"text"', b"[]", b"null"])
async def test_rubbish_is_refused_in_words(client: aiohttp.ClientSession, body: bytes) -> None:
    async with client.post("/notes", data=body) as response:
        assert response.status in (400, 422)
        assert (await response.json(content_type=None))["title"]


async def test_too_much_is_refused(client: aiohttp.ClientSession) -> None:
    async with client.post("/notes", data=b"x" * (edge.JSON_MAX_BYTES + 1)) as response:
        assert response.status == 413


async def test_says_when_to_try_again(client: aiohttp.ClientSession) -> None:
    async with client.get("/wait") as response:
        assert response.status == 429
        assert response.headers["Retry-After"] == "7"


@pytest.mark.parametrize(
    ("method", "path", "status"), [("GET", "/none", 404), ("PUT", "/wait", 405)]
)
async def test_unknown_places_are_problems_too(
    client: aiohttp.ClientSession, method: str, path: str, status: int
) -> None:
    async with client.request(method, path) as response:
        assert response.status == status
        assert response.content_type == "application/problem+json"


async def test_of_two_who_wait_for_each_other_one_begins_anew(
    client: aiohttp.ClientSession, database: Database
) -> None:
    """The database gives up one of them; its body is read again from what was kept."""
    answers = await asyncio.gather(
        client.post("/both", json={"first": "one", "second": "other"}),
        client.post("/both", json={"first": "other", "second": "one"}),
    )

    assert [(answer.status, await answer.text()) for answer in answers] == [
        (200, "one"),
        (200, "other"),
    ]
    rows = await database.pool.fetch("SELECT name, count FROM pair ORDER BY name")
    assert [tuple(row) for row in rows] == [("one", 2), ("other", 2)]
