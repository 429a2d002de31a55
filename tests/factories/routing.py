"""Teams, people who speak languages, and customers who wait, for tests."""

from collections.abc import Iterable, Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

from stoa.contact.conversations.models import Draft, Sender
from stoa.contact.conversations.queries import get_row, public_messages
from stoa.contact.conversations.schemas import ConversationRow, Sent, SystemFact
from stoa.contact.routing.assigning import Desk, route_waiting
from stoa.contact.routing.schemas import QueueInput, TeamInput
from stoa.contact.routing.service import make_team
from stoa.platform.clock import now
from stoa.platform.database.group_commit import GroupCommit
from stoa.platform.database.session import Database
from stoa.platform.i18n.locale import Locale
from tests.factories.contact import a_conversation, a_draft
from tests.factories.people import an_agent

Messages = GroupCommit[Draft, Sent]
LONG_AGO = timedelta(hours=1)


async def a_speaker(
    database: Database,
    name: str,
    *languages: Locale,
    skills: Sequence[str] = (),
    capacity: int | None = None,
) -> UUID:
    """Somebody who speaks these languages and is given so many conversations."""
    agent = await an_agent(database, name=name)
    assert agent.staff_id is not None
    async with database.begin() as session:
        await session.execute(
            "UPDATE staff SET languages = $2, skills = $3 WHERE id = $1",
            agent.staff_id,
            list(languages),
            list(skills),
        )
        if capacity is not None:
            await session.execute(
                "INSERT INTO staff_capacity (staff_id, conversations) VALUES ($1, $2)",
                agent.staff_id,
                capacity,
            )
    return agent.staff_id


async def a_team(
    database: Database,
    *members: UUID,
    name: str = "Counter",
    languages: Sequence[Locale] = (),
    **queue: Any,
) -> tuple[UUID, UUID]:
    """(team, its only queue), which takes the counter of every shop."""
    form = TeamInput(
        name=name,
        languages=list(languages),
        member_ids=list(members),
        queues=[QueueInput(**{"name": "Chat", "takes_counter": True} | queue)],
    )
    by = await an_agent(database, name="Supervisor", role="supervisor")
    assert by.staff_id is not None
    async with database.begin() as session:
        team_id = await make_team(session, by=by.staff_id, form=form)
        queue_id = await session.fetch_value("SELECT id FROM queue WHERE team_id = $1", team_id)
    return team_id, queue_id


async def somebody_waits(
    database: Database,
    messages: Messages,
    *,
    shop_id: UUID,
    locale: Locale = "en",
    body: str = "Hello",
) -> tuple[UUID, Sender]:
    """(conversation, customer) with a message that nobody has answered."""
    conversation_id, customer = await a_conversation(database, shop_id=shop_id)
    async with database.begin() as session:
        await session.execute(
            "UPDATE conversation SET locale = $2 WHERE id = $1", conversation_id, locale
        )
    await messages.submit(a_draft(conversation_id, customer, body))
    return conversation_id, customer


def a_desk(*available: UUID, later: int = 0, gone_for: timedelta = LONG_AGO) -> Desk:
    """These are there, everybody else has been gone for so long, at `later` seconds from now."""
    at = now() + timedelta(seconds=later)
    return Desk(at=at, available=frozenset(available), gone_since=lambda _id: at - gone_for)


async def route(database: Database, desk: Desk) -> int:
    """All that can be done is done."""
    total, count = 0, -1
    while count:
        async with database.begin() as session:
            count = await route_waiting(session, desk=desk)
        total += count
    return total


async def rows(database: Database, ids: Iterable[UUID]) -> list[ConversationRow]:
    async with database.read() as session:
        return [await get_row(session, conversation_id=one) for one in ids]


async def row(database: Database, conversation_id: UUID) -> ConversationRow:
    return (await rows(database, [conversation_id]))[0]


async def facts(database: Database, conversation_id: UUID) -> list[tuple[str, str | None]]:
    async with database.read() as session:
        timeline = await public_messages(session, conversation_id=conversation_id)
    return [
        (one.card.fact, one.card.staff_name or one.card.team_name)
        for one in timeline
        if isinstance(one.card, SystemFact)
    ]
