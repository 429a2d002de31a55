"""The whole application over HTTP on a real database."""

from collections.abc import AsyncIterator

import aiohttp
import pytest

from stoa.main import create_app
from stoa.platform.config import Settings
from stoa.platform.database.session import Database
from tests.factories.people import a_staff_token, an_agent
from tests.servers.asgi import serving


@pytest.fixture(scope="module")
async def address(
    database_url: str, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[str]:
    settings = Settings(
        data_dir=tmp_path_factory.mktemp("data"), database_url=database_url, database_pool_size=8
    )
    async with serving(create_app(settings)) as url:
        yield url


@pytest.fixture
async def agent(address: str, database: Database) -> AsyncIterator[aiohttp.ClientSession]:
    """A signed-in member of staff."""
    sender = await an_agent(database)
    assert sender.staff_id is not None
    token = await a_staff_token(database, staff_id=sender.staff_id)
    async with aiohttp.ClientSession(
        address, headers={"X-Stoa-Request": "1"}, cookies={"stoa_staff": token}
    ) as session:
        yield session
