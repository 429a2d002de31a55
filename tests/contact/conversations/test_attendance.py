"""Who has the counter open is known on every node, and forgotten with a node that dies."""

from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from stoa.contact.conversations.attendance import Attendance, is_here
from stoa.contact.conversations.events import notes_topic
from stoa.platform.config import Settings
from stoa.platform.database.session import Database
from stoa.platform.node import Node
from stoa.platform.storage.blobs import LocalBlobStore
from tests.factories.contact import a_conversation
from tests.factories.people import a_visitor
from tests.factories.shops import make_shop


@pytest.fixture
def nodes(own_database: Database, own_database_url: str, tmp_path: Path) -> list[Node]:
    """Two, with one database."""
    settings = Settings(data_dir=tmp_path / "data", database_url=own_database_url, demo=False)
    return [Node(settings, own_database, LocalBlobStore(tmp_path / "blobs")) for _ in range(2)]


async def known(database: Database, visitor_id: UUID | None) -> bool:
    async with database.read() as session:
        return await is_here(session, visitor_id=visitor_id)


async def test_is_here_until_the_last_page_on_the_last_node_is_gone(
    nodes: list[Node], own_database: Database
) -> None:
    visitor_id, _ = await a_visitor(own_database)
    here, there = (Attendance(node) for node in nodes)
    assert not await known(own_database, visitor_id)
    here.arrive(visitor_id, connection_id="a")
    here.arrive(visitor_id, connection_id="b")
    there.arrive(visitor_id, connection_id="c")
    await here.tell()
    await there.tell()
    assert await known(own_database, visitor_id)
    here.leave(visitor_id, connection_id="a")
    there.leave(visitor_id, connection_id="c")
    await here.tell(grace_seconds=0)
    await there.tell(grace_seconds=0)
    assert await known(own_database, visitor_id)
    here.leave(visitor_id, connection_id="b")
    await here.tell(grace_seconds=0)
    assert not await known(own_database, visitor_id)
    assert not await known(own_database, None)


async def test_going_to_the_next_page_is_no_leaving(
    nodes: list[Node], own_database: Database
) -> None:
    visitor_id, _ = await a_visitor(own_database)
    attendance = Attendance(nodes[0])
    attendance.arrive(visitor_id, connection_id="a")
    await attendance.tell()
    attendance.leave(visitor_id, connection_id="a")
    await attendance.tell()
    assert await known(own_database, visitor_id)
    attendance.arrive(visitor_id, connection_id="b")
    await attendance.tell(grace_seconds=0)
    assert await known(own_database, visitor_id)


async def test_who_was_at_a_node_that_died_is_forgotten(
    nodes: list[Node], own_database: Database
) -> None:
    visitor_id, _ = await a_visitor(own_database)
    attendance = Attendance(nodes[0])
    attendance.arrive(visitor_id, connection_id="a")
    await attendance.tell()
    async with own_database.begin() as session:
        await session.execute(
            "UPDATE visitor_here SET seen_at = seen_at - $1::interval", timedelta(minutes=2)
        )
    assert not await known(own_database, visitor_id)


async def test_the_desks_hear_who_comes_and_goes_once_and_strangers_change_nothing(
    nodes: list[Node], own_database: Database
) -> None:
    shop = await make_shop(own_database)
    visitor_id, _ = await a_visitor(own_database)
    conversation_id, _ = await a_conversation(own_database, shop_id=shop.id, visitor_id=visitor_id)
    heard: list[tuple[str, str, Any]] = []
    nodes[0].hub.on_signal(lambda topic, type_, data: heard.append((topic, type_, data.is_here)))
    attendance = Attendance(nodes[0])
    attendance.arrive(visitor_id, connection_id="a")
    attendance.arrive(UUID(int=7), connection_id="b")  # erased a moment ago
    await attendance.tell()
    await attendance.tell()
    attendance.leave(visitor_id, connection_id="a")
    await attendance.tell(grace_seconds=0)
    topic = notes_topic(conversation_id)
    assert heard == [(topic, "customer.here", True), (topic, "customer.here", False)]
