"""A customer in a conversation, and the agent who wants to see their page."""

import secrets
from collections.abc import AsyncIterator
from dataclasses import dataclass
from uuid import UUID

import aiohttp
import pytest

from stoa.contact.conversations.models import Sender
from stoa.main import create_app
from stoa.platform.config import Settings
from stoa.platform.database.session import Database
from stoa.platform.node import Node
from tests.factories.commerce import make_shop
from tests.factories.people import a_staff_token, a_visitor, an_agent
from tests.servers.asgi import serving
from tests.servers.people import Frame, Person, on_the_line


@dataclass(frozen=True)
class House:
    address: str
    node: Node


@pytest.fixture(scope="module")
async def house(
    database_url: str, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[House]:
    settings = Settings(
        data_dir=tmp_path_factory.mktemp("data"),
        database_url=database_url,
        database_pool_size=6,
        demo=False,
        bus="postgres",
    )
    app = create_app(settings)
    async with serving(app) as url:
        yield House(url, app.state.node)


@pytest.fixture(scope="module")
async def other_node(
    house: House, database_url: str, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[House]:
    """A second node on the same database."""
    settings = Settings(
        data_dir=tmp_path_factory.mktemp("other"),
        database_url=database_url,
        database_pool_size=6,
        demo=False,
        bus="postgres",
    )
    app = create_app(settings)
    async with serving(app) as url:
        yield House(url, app.state.node)


@pytest.fixture(scope="module")
async def shop_id(database: Database) -> UUID:
    async with database.begin() as session:
        return (await make_shop(session)).id


@dataclass
class Customer:
    line: Person
    token: str
    visitor_id: UUID
    conversation_id: str


@dataclass
class Agent:
    line: Person
    staff_id: UUID
    token: str


@pytest.fixture
async def customer(house: House, database: Database, shop_id: UUID) -> AsyncIterator[Customer]:
    visitor_id, token = await a_visitor(database)
    async with on_the_line(house.address, surface="counter", token=token) as line:
        started = await line.ask(
            "conversation.start",
            shop_id=str(shop_id),
            client_id=secrets.token_hex(8),
            locale="en",
            body="The form does not let me go on",
        )
        await line.subscribe(f"visitor:{visitor_id}")
        yield Customer(line, token, visitor_id, started["message"]["conversation_id"])


async def _agent(house: House, database: Database, name: str) -> tuple[Sender, str]:
    sender = await an_agent(database, name=name)
    assert sender.staff_id is not None
    return sender, await a_staff_token(database, staff_id=sender.staff_id)


@pytest.fixture
async def agent(house: House, database: Database) -> AsyncIterator[Agent]:
    sender, token = await _agent(house, database, "Anna")
    async with on_the_line(house.address, surface="desk", cookies={"stoa_staff": token}) as line:
        assert sender.staff_id is not None
        yield Agent(line, sender.staff_id, token)


@pytest.fixture
async def colleague(house: House, database: Database) -> AsyncIterator[Agent]:
    sender, token = await _agent(house, database, "Boris")
    async with on_the_line(house.address, surface="desk", cookies={"stoa_staff": token}) as line:
        assert sender.staff_id is not None
        yield Agent(line, sender.staff_id, token)


@pytest.fixture
async def active(customer: Customer, agent: Agent) -> Frame:
    """A session that the customer agreed to, with both sides on their topics."""
    asked = await agent.line.ask("cobrowse.ask", conversation_id=customer.conversation_id)
    view = await customer.line.ask(
        "cobrowse.answer", session_id=asked["id"], is_agreed=True, wording="Anna may look."
    )
    await agent.line.subscribe(f"cobrowse:{asked['id']}")
    await customer.line.subscribe(f"cobrowsed:{asked['id']}")
    return view


@pytest.fixture
async def desk(house: House, agent: Agent) -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession(
        house.address, headers={"X-Stoa-Request": "1"}, cookies={"stoa_staff": agent.token}
    ) as session:
        yield session
