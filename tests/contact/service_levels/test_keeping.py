"""The loop hears of waits by itself, over several nodes."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import pytest

from stoa.commerce.shops.models import Shop
from stoa.contact.conversations.models import Draft
from stoa.contact.conversations.queries import get_row
from stoa.contact.conversations.schemas import Sent
from stoa.contact.service_levels.keeping import ServiceLevels
from stoa.contact.service_levels.queries import list_breaches
from stoa.contact.service_levels.schemas import PolicyInput
from stoa.contact.service_levels.service import make_policy
from stoa.platform.database.group_commit import GroupCommit
from stoa.platform.database.session import Database
from tests.factories.contact import a_conversation, a_draft
from tests.factories.people import an_agent
from tests.waiting import until


class Node:
    """As much of a node as the loop needs."""

    def __init__(self, database: Database) -> None:
        self.database = database


@pytest.fixture
async def levels(database: Database) -> AsyncIterator[ServiceLevels]:
    # A node with what it needs of one.
    kept = ServiceLevels(Node(database))  # type: ignore[arg-type]
    database.on_commit(kept.hear)
    database.on_stale(kept.hear_stale)
    task = asyncio.ensure_future(kept.run())
    try:
        yield kept
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def test_a_promise_is_broken_although_nobody_asks(
    database: Database, shop: Shop, messages: GroupCommit[Draft, Sent], levels: ServiceLevels
) -> None:
    agent = await an_agent(database)
    assert agent.staff_id is not None
    id_, customer = await a_conversation(database, shop_id=shop.id)
    await messages.submit(a_draft(id_, customer))
    # The promise comes after the wait has begun.
    async with database.begin() as session:
        form = PolicyInput(name="Ours", first_seconds=1, next_seconds=86_400)
        await make_policy(session, shop_id=shop.id, staff_id=agent.staff_id, form=form)

    async def is_broken() -> bool:
        async with database.read() as session:
            found = await list_breaches(
                session, shop_id=shop.id, is_running=True, cursor=None, limit=5
            )
        return bool(found.items)

    async def is_ended() -> bool:
        return not await is_broken()

    await until(is_broken)
    await messages.submit(a_draft(id_, agent, "Sorry"))
    await until(is_ended)
    await messages.submit(a_draft(id_, customer, "And?"))

    async def is_due_tomorrow() -> bool:
        async with database.read() as session:
            row = await get_row(session, conversation_id=id_)
        tomorrow = datetime.now(UTC) + timedelta(hours=20)
        return row.due_at is not None and row.due_at > tomorrow

    await until(is_due_tomorrow)
    assert await levels.look() is not None
