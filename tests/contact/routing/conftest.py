"""An empty database for each test: routing sees everything that waits."""

from collections.abc import AsyncIterator

import pytest

from stoa.commerce.shops.models import Shop
from stoa.commerce.shops.service import create_shop
from stoa.contact.conversations.batch import write_messages
from stoa.contact.conversations.models import Draft
from stoa.contact.conversations.schemas import Sent
from stoa.platform.database.group_commit import GroupCommit
from stoa.platform.database.session import Database


@pytest.fixture
def database(own_database: Database) -> Database:
    return own_database


@pytest.fixture
def database_url(own_database_url: str) -> str:
    return own_database_url


@pytest.fixture
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
