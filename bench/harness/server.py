"""A real Stoa in a folder of its own, with people to talk to it."""

import asyncio
import contextlib
import os
import resource
import tempfile
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

from bench.harness.cpu import Meter
from stoa.commerce.shops.models import BankAccount
from stoa.commerce.shops.service import create_shop
from stoa.people.customers.service import ensure_visitor
from stoa.platform.database.session import Database, open_database
from stoa.platform.ids import new_id
from tests.servers.stoa import StoaProcess


@dataclass(frozen=True, slots=True)
class Person:
    """A visitor who has a conversation."""

    visitor_id: UUID
    token: str
    conversation_id: UUID


@dataclass(slots=True)
class Bench:
    """`meter` counts the server and its database; `database` is a connection beside the server."""

    stoa: StoaProcess
    database: Database
    meter: Meter
    shop_id: UUID


def allow_many_files(count: int = 65_536) -> None:
    """This process and those it starts may hold `count` sockets."""
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = count if hard == resource.RLIM_INFINITY else min(count, hard)
    resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))


@contextlib.asynccontextmanager
async def serving_bench(settings: Mapping[str, str] | None = None) -> AsyncIterator[Bench]:
    """An empty shop served by one process; nothing of it is left afterwards."""
    allow_many_files()
    with tempfile.TemporaryDirectory(prefix="stoa-bench-") as folder:
        os.chmod(folder, 0o755)  # as root, the database runs as another user
        quiet = {"DEMO": "false", "LOG_LEVEL": "warning"}
        stoa = StoaProcess(Path(folder) / "data", settings=quiet | dict(settings or {}))
        try:
            await asyncio.to_thread(stoa.start)
            database = await open_database(stoa.database_url, size=4)
            try:
                async with database.begin() as session:
                    shop = await create_shop(
                        session,
                        name="Bench",
                        country="DE",
                        currency="EUR",
                        locales=("en", "pl", "de", "it", "el"),
                        bank_account=BankAccount("Bench", "DE89370400440532013000", "COBADEFFXXX"),
                    )
                meter = Meter(server_pid=stoa.pid, postgres_pid=stoa.postgres_pid)
                yield Bench(stoa, database, meter, shop.id)
            except Exception:
                print(stoa.output.read_text()[-4_000:])
                raise
            finally:
                await database.close()
        finally:
            await asyncio.to_thread(stoa.stop)


async def make_people(bench: Bench, count: int) -> list[Person]:
    """`count` visitors, each in an open chat."""
    people = []
    async with bench.database.begin() as session:
        for _ in range(count):
            ensured = await ensure_visitor(session, token=None, locale="en")
            assert ensured.new_token is not None
            people.append(Person(ensured.id, ensured.new_token, new_id()))
        await session.execute(
            "INSERT INTO conversation (id, shop_id, visitor_id, channel, state, locale,"
            " last_message_at, created_at)"
            " SELECT c, $1, v, 'chat', 'open', 'en', now(), now()"
            " FROM unnest($2::uuid[], $3::uuid[]) AS people (c, v)",
            bench.shop_id,
            [person.conversation_id for person in people],
            [person.visitor_id for person in people],
        )
    return people
