"""An answer by the way somebody came, what holds the line it leaves by, and what became of it."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from stoa.contact.channels.lines import Lines
from stoa.contact.channels.receive import take
from stoa.contact.channels.ways import answer, ways_of
from stoa.platform.node import Node
from tests.contact.channels.conftest import Place
from tests.factories.folder_channel import a_mail
from tests.factories.people import an_agent


@asynccontextmanager
async def holding(node: Node) -> AsyncIterator[Lines]:
    """A process that holds the lines it can."""
    lines = Lines(node)
    task = asyncio.create_task(lines.run())
    try:
        yield lines
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def an_answer(place: Place, body: str = "On its way", client_id: str = "client-01") -> None:
    """Somebody wrote, and an agent answers by the way they came."""
    await take(place.node, inbox_id=place.inbox.id, raw=a_mail("<1>", subject="Paket"))
    agent = await an_agent(place.node.database)
    async with place.node.database.begin() as session:
        conversation_id = await session.fetch_value("SELECT id FROM conversation")
        [way] = (await ways_of(session, conversation_id=conversation_id)).ways
        assert way.inbox_id == place.inbox.id
        await answer(
            session,
            conversation_id=conversation_id,
            inbox_id=place.inbox.id,
            to=way.to,
            sender=agent,
            client_id=client_id,
            body=body,
            subject="",
            attachment_ids=[],
        )


async def state(place: Place) -> str:
    found: str = await place.node.database.pool.fetchval("SELECT state FROM delivery")
    return found


async def shown(place: Place) -> dict[str, Any]:
    found: dict[str, Any] = await place.node.database.pool.fetchval(
        "SELECT delivery FROM message WHERE sender_kind = 'agent'"
    )
    return found
