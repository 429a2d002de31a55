"""The whole application with a shop and an agent signed in."""

from collections.abc import AsyncIterator

import aiohttp
import pytest

from stoa.commerce.shops.models import Shop
from stoa.contact.conversations.models import Sender
from stoa.main import create_app
from stoa.platform.config import Settings
from stoa.platform.database.session import Database
from tests.factories.commerce import make_shop
from tests.factories.people import a_staff_token, an_agent
from tests.servers.asgi import serving


@pytest.fixture(scope="module")
async def address(
    database_url: str, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[str]:
    settings = Settings(
        data_dir=tmp_path_factory.mktemp("data"),
        database_url=database_url,
        database_pool_size=6,
        demo=False,
    )
    async with serving(create_app(settings)) as url:
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
    assert agent.staff_id is not None
    token = await a_staff_token(database, staff_id=agent.staff_id)
    async with aiohttp.ClientSession(
        address, headers={"X-Stoa-Request": "1"}, cookies={"stoa_staff": token}
    ) as session:
        yield session
