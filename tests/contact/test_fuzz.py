"""Whatever anybody sends, nothing ends in a 500 and the next request is answered."""

import random
import re
import secrets
from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID, uuid4

import aiohttp
import pytest
import websockets
from pydantic import BaseModel
from starlette.routing import Route

from stoa import wiring
from stoa.commerce.shops.models import Shop
from stoa.platform.database.session import Database
from stoa.platform.realtime.registry import Command
from tests.factories.contact import a_conversation
from tests.factories.people import a_staff_token, a_visitor, an_agent
from tests.servers.people import Person, Refused, on_the_line

ROUNDS = 25
STRANGE: list[Any] = [
    None,
    True,
    -1,
    2**63 - 1,
    2**64 - 1,
    1.5e308,
    "",
    " ",
    "\N{GRINNING FACE}" * 50,
    "'; DROP TABLE message; --",
    "<script>alert(1)</script>",
    "\u202egnp.exe",
    "ñ" * 6_000,
    [],
    [[[]]],
    ["x"] * 30,
    {},
    {"a": {"b": {"c": []}}},
    {"type": "page"},
]
# Signing out would end the line that the rest is tried on.
ENDS_THE_SESSION = {"/api/desk/sign-out", "/api/desk/me/password", "/api/desk/me/sessions/{id}"}


def strange_input(rng: random.Random, model: type[BaseModel], known: list[str]) -> dict[str, Any]:
    """Some of the model's fields with values that fit, almost fit, or do not fit at all."""
    values: dict[str, Any] = {}
    for name in model.model_fields:
        match rng.randrange(4):
            case 0:
                values[name] = rng.choice(STRANGE)
            case 1 if "id" in name:
                values[name] = rng.choice([*known, str(uuid4())])
            case 1 | 2:
                values[name] = rng.choice(
                    [*known, "en", "hello", f"client-{secrets.token_hex(4)}", 1, True, []]
                )
    if rng.randrange(10) == 0:
        values["unknown"] = rng.choice(STRANGE)
    return values


@pytest.fixture
async def known(database: Database, shop: Shop) -> list[str]:
    """Ids that exist: values near the truth go deeper than nonsense."""
    agent = await an_agent(database)
    return [str(shop.id), str(agent.staff_id)]


@pytest.fixture
async def agent_token(database: Database) -> str:
    agent = await an_agent(database, role="administrator")
    assert agent.staff_id is not None
    return await a_staff_token(database, staff_id=agent.staff_id)


@pytest.fixture
async def visitor(database: Database) -> tuple[UUID, str]:
    return await a_visitor(database)


@pytest.fixture
async def conversation_id(database: Database, shop: Shop, visitor: tuple[UUID, str]) -> str:
    """Made without the command, of which one address may not send so many."""
    id_, _ = await a_conversation(database, shop_id=shop.id, visitor_id=visitor[0])
    return str(id_)


@pytest.fixture
async def customer(address: str, visitor: tuple[UUID, str]) -> AsyncIterator[Person]:
    _, token = visitor
    async with on_the_line(address, surface="counter", token=token) as person:
        yield person


async def refused(person: Person, command: str, data: dict[str, Any]) -> Refused | None:
    try:
        await person.ask(command, **data)
    except Refused as refusal:
        return refusal
    return None


async def still_answers(person: Person) -> None:
    """The line is open and the server does what is asked on it."""
    with pytest.raises(Refused, match="unknown_command"):
        await person.ask("nothing.like_this")


@pytest.mark.parametrize("command", wiring.SOCKET_COMMANDS, ids=lambda command: command.name)
async def test_no_command_breaks(
    command: Command,
    address: str,
    known: list[str],
    conversation_id: str,
    customer: Person,
    agent_token: str,
) -> None:
    rng = random.Random(command.name)
    ids = [*known, conversation_id]
    async with on_the_line(address, surface="desk", cookies={"stoa_staff": agent_token}) as agent:
        for who in (customer, agent):
            for _ in range(ROUNDS):
                data = strange_input(rng, command.input, ids)
                refusal = await refused(who, command.name, data)
                assert refusal is None or refusal.status < 500, (data, refusal.code)
            await still_answers(who)


@pytest.mark.parametrize("signal", wiring.SOCKET_SIGNALS, ids=lambda signal: signal.name)
async def test_no_signal_breaks(signal: Any, known: list[str], customer: Person) -> None:
    rng = random.Random(signal.name)
    for _ in range(ROUNDS):
        data = strange_input(rng, signal.input, known)
        await customer.signal(signal.name, **data)
    await still_answers(customer)
    problems = [frame for frame in customer.heard if frame["t"] == "problem"]
    assert all(problem["status"] < 500 for problem in problems), problems


def routes() -> list[Route]:
    """All JSON endpoints but the few that end the session."""
    return [
        route
        for route in wiring.ROUTES
        if isinstance(route, Route)
        and route.path.startswith("/api/")
        and route.path not in ENDS_THE_SESSION
    ]


def method_of(route: Route) -> str:
    """The one method of the route (a set has no order that two processes share)."""
    [method] = (route.methods or {"GET"}) - {"HEAD"}
    return method


@pytest.mark.parametrize("route", routes(), ids=lambda route: f"{method_of(route)} {route.path}")
async def test_no_request_breaks(
    route: Route, address: str, known: list[str], agent_token: str
) -> None:
    rng = random.Random(f"{method_of(route)} {route.path}")
    bodies = [
        b"",
        b"{",
        b"[]",
        b"null",
        b'"\\u0000"',
        b"\xff\xfe",
        b"[" * 5_000,
        b'{"a":' * 2_000,
        b'{"email": "\\u0000@example.com", "password": "\\u0000"}',
    ]
    queries = [
        "",
        "limit=-1",
        "cursor=%00",
        "cursor=WyJ4IiwieSJd",
        "shop_id=%00",
        "q=%00%25_",
        "view=",
    ]
    method = method_of(route)
    async with aiohttp.ClientSession(
        address, headers={"X-Stoa-Request": "1"}, cookies={"stoa_staff": agent_token}
    ) as client:
        for _ in range(12):
            path = route.path
            for name in route.param_convertors:
                value = rng.choice([*known, str(uuid4()), "x", "%00", "..", "ñ"])
                path = re.sub(rf"\{{{name}(:path)?\}}", value, path)
            answer = await client.request(
                method,
                f"{path}?{rng.choice(queries)}",
                data=None if method == "GET" else rng.choice(bodies),
            )
            assert answer.status < 500, (path, await answer.text())
            await answer.read()


async def test_frames_that_are_none_end_only_their_own_connection(
    address: str, customer: Person, database: Database
) -> None:
    rng = random.Random("frames")
    url = address.replace("http://", "ws://") + "/realtime"
    for frame in (
        "",
        "{}",
        "[]",
        "null",
        "{" * 10_000,
        '{"t": "hello"}',
        '{"t": "hello", "version": 1, "surface": "desk", "token": "\\u0000"}',
        '{"t": "hello", "version": 1, "surface": "counter", "token": "%s"}' % ("x" * 5_000),
        "".join(chr(rng.randrange(1, 0xD000)) for _ in range(500)),
    ):
        async with websockets.connect(url, compression=None) as socket:
            await socket.send(frame)
            await socket.wait_closed()
            assert socket.close_code is not None
            assert 4400 <= socket.close_code < 4500, frame[:50]
    await still_answers(customer)
