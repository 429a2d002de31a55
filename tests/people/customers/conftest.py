"""A database on which one part hears of the other."""

import pytest

from stoa.platform.database.session import Database
from tests.factories.shops import with_reactions


@pytest.fixture
async def wired(own_database: Database) -> Database:
    return with_reactions(own_database)
