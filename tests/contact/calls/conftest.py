"""A fresh application for each test that calls somebody."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from stoa.platform.database.session import Database
from tests.contact.calls.lab import Lab, a_lab, make_shop


@pytest.fixture
async def lab(own_database: Database, own_database_url: str, tmp_path: Path) -> AsyncIterator[Lab]:
    shop = await make_shop(own_database)
    async with a_lab(own_database, own_database_url, tmp_path, shop) as lab:
        yield lab
