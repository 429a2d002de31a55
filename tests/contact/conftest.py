"""A shop, and the writer of messages on its database."""

from collections.abc import AsyncIterator

import pytest

from stoa.commerce.shops.models import Shop
from stoa.commerce.shops.service import create_shop
from stoa.contact.conversations.batch import write_messages
from stoa.contact.conversations.models import Draft
from stoa.contact.conversations.schemas import Sent
from stoa.platform.database.group_commit import GroupCommit
from stoa.platform.database.session import Database
from tests.servers.whole import the_whole


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
    folder = tmp_path_factory.mktemp("data")
    async with the_whole(database_url, folder, attachment_max_bytes=300_000) as url:
        yield url
