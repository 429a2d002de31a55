"""The whole application over HTTP on a real database."""

from collections.abc import AsyncIterator

import aiohttp
import pytest

from stoa.main import create_app
from stoa.platform.config import Settings
from stoa.platform.database.session import Database
from tests.factories.people import an_agent
from tests.servers.asgi import serving
from tests.servers.whole import at_the_desk


@pytest.fixture(scope="module")
async def address(
    database_url: str, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[str]:
    settings = Settings(
        data_dir=tmp_path_factory.mktemp("data"),
        database_url=database_url,
        database_pool_size=8,
        demo_pictures=False,
    )
    async with serving(create_app(settings)) as url:
        yield url


@pytest.fixture
async def agent(address: str, database: Database) -> AsyncIterator[aiohttp.ClientSession]:
    """A signed-in member of staff."""
    sender = await an_agent(database)
    async with at_the_desk(address, database, sender) as session:
        yield session
