"""Rules act once on everything that was acknowledged, though the server dies while they do."""

import asyncio
import tempfile
import time
from pathlib import Path
from uuid import UUID

import pytest

from stoa.contact.conversations.batch import write_messages
from stoa.contact.conversations.models import Sender
from stoa.contact.conversations.schemas import Sent
from stoa.platform.database.session import SERVER_AWAY, Database, open_database
from tests.factories.automation import a_definition, a_rule
from tests.factories.contact import a_conversation, a_draft
from tests.factories.people import an_agent
from tests.servers.stoa import UNDRAWN, StoaProcess, running_stoa

pytestmark = [pytest.mark.fault, pytest.mark.timeout(180)]

CONVERSATIONS = 60
EACH = 12  # less than rules may do in one conversation within an hour


async def talk(database: Database, places: list[tuple[UUID, Sender]], said: set[UUID]) -> None:
    """Everybody says half of what they have to say, as long as the database is there."""
    for _ in range(EACH // 2):
        drafts = [a_draft(place, customer) for place, customer in places]
        try:
            async with database.begin() as session:
                sent = await write_messages(session, drafts)
        except SERVER_AWAY:
            return
        said.update(one.id for one in sent if isinstance(one, Sent))
        await asyncio.sleep(0.1)


async def settled(database: Database) -> None:
    until = time.monotonic() + 60
    while True:
        async with database.read() as session:
            is_settled = await session.fetch_value(
                "SELECT NOT EXISTS (SELECT FROM rule_task) AND p.seq >= t.seq"
                " FROM rule_position p, topic t WHERE t.name = 'desk'"
            )
            # What rules do moves the list as well; it has been looked at too.
            runs = await session.fetch_value("SELECT count(*) FROM rule_run")
        if is_settled:
            await asyncio.sleep(0.5)
            async with database.read() as session:
                if runs == await session.fetch_value("SELECT count(*) FROM rule_run"):
                    return
        assert time.monotonic() < until, "rules do not come to an end"
        await asyncio.sleep(0.2)


async def must_balance(database: Database, said: set[UUID]) -> None:
    async with database.read() as session:
        rows = await session.fetch(
            "SELECT m.id, (SELECT count(*) FROM rule_run x WHERE x.event_id = m.id) AS runs,"
            " (SELECT count(*) FROM rule_run x JOIN message n ON n.id = x.note_id"
            " WHERE x.event_id = m.id) AS notes"
            " FROM message m WHERE m.sender_kind = 'customer'"
        )
        notes = await session.fetch_value(
            "SELECT count(*) FROM message WHERE kind = 'note' AND card ->> 'type' = 'rule'"
        )
    assert said <= {row["id"] for row in rows}, "what was acknowledged is stored"
    assert {(row["runs"], row["notes"]) for row in rows} == {(1, 1)}
    assert notes == len(rows)


async def test_the_server_is_killed_while_rules_act() -> None:
    with (
        tempfile.TemporaryDirectory(prefix="stoa-") as folder,
        running_stoa(Path(folder) / "stoa", settings=UNDRAWN) as stoa,
    ):
        said: set[UUID] = set()
        database = await open_database(stoa.database_url)
        try:
            async with database.read() as session:
                shop_id = await session.fetch_value("SELECT id FROM shop LIMIT 1")
            ada = await an_agent(database)
            await a_rule(database, shop_id=shop_id, by=ada, definition=a_definition())
            places = [await a_conversation(database, shop_id=shop_id) for _ in range(CONVERSATIONS)]
            talking = asyncio.create_task(talk(database, places, said))
            await _until_some_have_run(database)
            stoa.kill()
            await talking
        finally:
            database.pool.terminate()
        await _again(stoa)
        database = await open_database(stoa.database_url)
        try:
            await talk(database, places, said)
            await settled(database)
            await must_balance(database, said)
        finally:
            await database.close()
        assert len(said) > CONVERSATIONS * EACH // 2


async def _until_some_have_run(database: Database) -> None:
    until = time.monotonic() + 30
    while True:
        async with database.read() as session:
            if await session.fetch_value("SELECT count(*) FROM rule_run") > CONVERSATIONS // 2:
                return
        assert time.monotonic() < until, "no rule acts"
        await asyncio.sleep(0.02)


async def _again(stoa: StoaProcess) -> None:
    stoa.wait_until_database_is_gone()
    await asyncio.to_thread(stoa.start)
