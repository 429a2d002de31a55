"""Fixtures: the whole application with a shop, and a supervisor signed in at its desk."""

from collections.abc import AsyncIterator

import aiohttp
import pytest

from stoa.commerce.shops.models import Shop
from stoa.contact.conversations.models import Sender
from stoa.platform.database.session import Database
from tests.factories.commerce import make_shop
from tests.factories.people import an_agent
from tests.servers.whole import at_the_desk, the_whole


@pytest.fixture(scope="module")
async def address(
    database_url: str, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[str]:
    async with the_whole(database_url, tmp_path_factory.mktemp("data")) as url:
        yield url


@pytest.fixture(scope="module")
async def shop(database: Database) -> Shop:
    async with database.begin() as session:
        return await make_shop(session)


@pytest.fixture(scope="module")
async def agent(database: Database) -> Sender:
    return await an_agent(database, name="Ada", role="supervisor")


@pytest.fixture
async def desk(
    address: str, database: Database, agent: Sender
) -> AsyncIterator[aiohttp.ClientSession]:
    """The agent's browser."""
    async with at_the_desk(address, database, agent) as session:
        yield session
