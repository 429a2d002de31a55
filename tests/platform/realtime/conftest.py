"""A serving lab for each test."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from stoa.platform.database.session import Database
from tests.platform.realtime.lab import Lab, running_lab


@pytest.fixture(params=["wire", "asgi"])
async def lab(
    request: pytest.FixtureRequest, database: Database, tmp_path: Path
) -> AsyncIterator[Lab]:
    """A node with an empty log: once with the short way to the wire, once over plain ASGI."""
    async with database.begin() as session:
        await session.execute("TRUNCATE topic, event")
    async with running_lab(database, tmp_path, plain_asgi=request.param == "asgi") as lab:
        yield lab
