"""The whole application on a test's database, and the browsers of those who work at its desk."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp

from stoa.contact.conversations.models import Sender
from stoa.main import create_app
from stoa.platform.config import Settings
from stoa.platform.database.session import Database
from tests.factories.people import a_staff_token
from tests.servers.asgi import serving


@asynccontextmanager
async def the_whole(database_url: str, data_dir: Path, **settings: Any) -> AsyncIterator[str]:
    """The address under which Stoa answers, without its demo shop."""
    given = {"database_pool_size": 6, "demo": False, **settings}
    app = create_app(Settings(data_dir=data_dir, database_url=database_url, **given))
    async with serving(app) as url:
        yield url


@asynccontextmanager
async def at_the_desk(
    address: str, database: Database, person: Sender
) -> AsyncIterator[aiohttp.ClientSession]:
    """The browser of `person`, signed in."""
    assert person.staff_id is not None
    token = await a_staff_token(database, staff_id=person.staff_id)
    async with aiohttp.ClientSession(
        address, headers={"X-Stoa-Request": "1"}, cookies={"stoa_staff": token}
    ) as browser:
        yield browser
