"""One real PostgreSQL per test process; a fresh, migrated database per module or per test."""

import shutil
import sys
import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from itertools import count
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from stoa.platform.database.embedded import EmbeddedPostgres
from stoa.platform.database.migrate import migrate
from stoa.platform.database.session import Database, open_database
from stoa.platform.web.ratelimit import MemoryBuckets

# How long an example takes says how busy the machine is, nothing about the code.
settings.register_profile("stoa", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("stoa")

_TEMPLATE = "template_stoa"
_numbers = count(1)


@pytest.fixture(scope="module", autouse=True)
def full_buckets() -> None:
    """Whoever comes in a module of tests has not been counted in another: they all come from one
    address to one process, within a time in which no person could."""
    for name, module in list(sys.modules.items()):
        if name.startswith("stoa."):
            for value in vars(module).values():
                if isinstance(value, MemoryBuckets):
                    value.fill()


@pytest.fixture(scope="session")
def short_folder() -> Iterator[Path]:
    """A folder with a short path that any user may pass through, gone afterwards."""
    folder = Path(tempfile.mkdtemp(prefix="stoa-"))
    folder.chmod(0o755)  # as root, the database runs as another user
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
async def postgres(short_folder: Path) -> AsyncIterator[EmbeddedPostgres]:
    """The server of this test process. It skips syncing: what a test loses, it makes again."""
    async with EmbeddedPostgres(short_folder / "pg", durable=False) as server:
        await migrate(await server.create_database(_TEMPLATE))
        yield server


@asynccontextmanager
async def _fresh_database(server: EmbeddedPostgres) -> AsyncIterator[str]:
    name = f"test_{next(_numbers)}"
    url = await server.create_database(name, template=_TEMPLATE)
    try:
        yield url
    finally:
        await server.drop_database(name)


@pytest.fixture(scope="module")
async def database_url(postgres: EmbeddedPostgres) -> AsyncIterator[str]:
    """The address of a migrated, empty database shared by the tests of one module."""
    async with _fresh_database(postgres) as url:
        yield url


@pytest.fixture(scope="module")
async def database(database_url: str) -> AsyncIterator[Database]:
    """A migrated, empty database shared by the tests of one module."""
    opened = await open_database(database_url)
    try:
        yield opened
    finally:
        await opened.close()


@pytest.fixture
async def own_database_url(postgres: EmbeddedPostgres) -> AsyncIterator[str]:
    """The address of a migrated, empty database for this test alone."""
    async with _fresh_database(postgres) as url:
        yield url


@pytest.fixture
async def own_database(own_database_url: str) -> AsyncIterator[Database]:
    """A migrated, empty database for this test alone."""
    opened = await open_database(own_database_url)
    try:
        yield opened
    finally:
        await opened.close()
