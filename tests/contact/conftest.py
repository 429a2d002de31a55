"""A shop, and the writer of messages on its database."""

from collections.abc import AsyncIterator

import pytest

from stoa.commerce.shops.models import Shop
from stoa.commerce.shops.service import create_shop
from stoa.contact.conversations.batch import write_messages
from stoa.contact.conversations.models import Draft
from stoa.contact.conversations.schemas import Sent
from stoa.main import create_app
from stoa.platform.config import Settings
from stoa.platform.database.group_commit import GroupCommit
from stoa.platform.database.session import Database
from tests.servers.asgi import serving


@pytest.fixture(scope="module")
async def shop(database: Database) -> Shop:
    async with database.begin() as session:
        return await create_shop(
            session, name="Agora", country="DE", currency="EUR", locales=["en", "pl", "de"]
        )


@pytest.fixture
async def messages(database: Database) -> AsyncIterator[GroupCommit[Draft, Sent]]:
    group = GroupCommit[Draft, Sent](database, write_messages)
    yield group
    await group.close()


@pytest.fixture(scope="module")
async def address(
    database_url: str, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[str]:
    """The whole application on this module's database."""
    settings = Settings(
        data_dir=tmp_path_factory.mktemp("data"),
        database_url=database_url,
        database_pool_size=6,
        demo=False,
        attachment_max_bytes=300_000,
    )
    async with serving(create_app(settings)) as url:
        yield url
