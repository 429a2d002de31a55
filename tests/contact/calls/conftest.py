"""A fresh application for each test that calls somebody."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from stoa.platform.database.session import Database
from tests.contact.calls.lab import Lab, a_lab, make_shop


@pytest.fixture(scope="session")
def rendered(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Prompts that were rendered for one test are there for the next."""
    return tmp_path_factory.mktemp("prompts")


@pytest.fixture
async def lab(
    own_database: Database, own_database_url: str, tmp_path: Path, rendered: Path
) -> AsyncIterator[Lab]:
    (tmp_path / "prompts").symlink_to(rendered)
    shop = await make_shop(own_database)
    async with a_lab(own_database, own_database_url, tmp_path, shop) as lab:
        yield lab
