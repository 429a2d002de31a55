"""A database that is closed is closed, whatever still goes on in it."""

import asyncio

import asyncpg
import pytest

from stoa.platform.database.session import open_database


async def test_a_statement_that_does_not_end_keeps_nobody_from_closing(database_url: str) -> None:
    database = await open_database(database_url)
    is_in_use = asyncio.Event()

    async def use() -> None:
        async with database.read() as session:
            is_in_use.set()
            await session.fetch_value("SELECT pg_sleep(600)")

    using = asyncio.ensure_future(use())
    await is_in_use.wait()
    async with asyncio.timeout(10):
        await database.close(grace_seconds=0.1)
    with pytest.raises((asyncpg.PostgresError, asyncpg.InterfaceError, OSError)):
        await using
