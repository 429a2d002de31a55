"""A call as rows, for what only reads where it stands."""

from dataclasses import dataclass
from uuid import UUID

from stoa.platform.clock import now
from stoa.platform.database.session import Database
from stoa.platform.ids import new_id
from tests.factories.contact import a_conversation
from tests.factories.people import a_visitor, an_agent


@dataclass(frozen=True)
class CallRows:
    call_id: UUID
    visitor_id: UUID
    staff_id: UUID
    customer_leg: UUID
    agent_leg: UUID


async def a_call(database: Database, *, shop_id: UUID) -> CallRows:
    """A customer and an agent talk."""
    visitor_id, _ = await a_visitor(database)
    agent = await an_agent(database)
    assert agent.staff_id is not None
    conversation_id, _ = await a_conversation(database, shop_id=shop_id, visitor_id=visitor_id)
    rows = CallRows(new_id(), visitor_id, agent.staff_id, new_id(), new_id())
    at = now()
    async with database.begin() as session:
        await session.execute(
            "INSERT INTO call (id, shop_id, conversation_id, visitor_id, client_id, direction,"
            " state, locale, answered_at, created_at)"
            " VALUES ($1, $2, $3, $4, $5, 'inbound', 'active', 'en', $6, $6)",
            rows.call_id,
            shop_id,
            conversation_id,
            visitor_id,
            str(rows.call_id),
            at,
        )
        for leg_id, role, staff_id in (
            (rows.customer_leg, "customer", None),
            (rows.agent_leg, "agent", rows.staff_id),
        ):
            await session.execute(
                "INSERT INTO call_leg (id, call_id, role, staff_id, state, joined_at, state_at)"
                " VALUES ($1, $2, $3, $4, 'connected', $5, $5)",
                leg_id,
                rows.call_id,
                role,
                staff_id,
                at,
            )
    return rows


async def end_call(database: Database, rows: CallRows) -> None:
    """Everybody has left."""
    async with database.begin() as session:
        await session.execute(
            "UPDATE call_leg SET state = 'left', left_at = $2 WHERE call_id = $1",
            rows.call_id,
            now(),
        )
        await session.execute(
            "UPDATE call SET state = 'ended', end_reason = 'completed', ended_at = $2"
            " WHERE id = $1",
            rows.call_id,
            now(),
        )
