"""Reads: policies, waits, and promises that were not kept."""

from collections.abc import Sequence
from uuid import UUID

from stoa.contact.conversations.queries import WAIT_CHANNEL
from stoa.contact.service_levels.models import Policy, Wait
from stoa.contact.service_levels.schemas import (
    BreachList,
    BreachView,
    NamedChoice,
    PolicyList,
    PolicyView,
)
from stoa.platform.database.session import ReadSession
from stoa.platform.errors import NotFound
from stoa.platform.web.paging import decode_moment, encode_cursor

_POLICY = """id, shop_id, name, channel, inbox_id, queue_id, first_seconds, next_seconds,
    warn_percent, is_on"""


async def list_policies(session: ReadSession, *, shop_id: UUID) -> PolicyList:
    """The shop's policies by name, and what one can be for."""
    policies = await session.fetch(
        f"SELECT {_POLICY} FROM sla_policy WHERE shop_id = $1 ORDER BY lower(name), id", shop_id
    )
    queues = await session.fetch(
        "SELECT q.id, t.name || ': ' || q.name AS name FROM queue q JOIN team t ON t.id = q.team_id"
        " WHERE q.removed_at IS NULL AND t.removed_at IS NULL AND (NOT EXISTS"
        " (SELECT FROM team_shop s WHERE s.team_id = t.id) OR EXISTS"
        " (SELECT FROM team_shop s WHERE s.team_id = t.id AND s.shop_id = $1))"
        " ORDER BY lower(t.name), q.position, q.id",
        shop_id,
    )
    inboxes = await session.fetch(
        "SELECT id, name FROM inbox WHERE shop_id = $1 ORDER BY lower(name), id", shop_id
    )
    return PolicyList(
        items=[PolicyView(**dict(row)) for row in policies],
        queues=[NamedChoice(**dict(row)) for row in queues],
        inboxes=[NamedChoice(**dict(row)) for row in inboxes],
    )


async def get_policy(session: ReadSession, *, policy_id: UUID) -> PolicyView:
    """Raises:
    NotFound: no such policy.
    """
    row = await session.fetch_one(f"SELECT {_POLICY} FROM sla_policy WHERE id = $1", policy_id)
    if row is None:
        raise NotFound()
    return PolicyView(**dict(row))


async def policies_in_force(session: ReadSession) -> list[Policy]:
    """Of all shops."""
    rows = await session.fetch(
        "SELECT id, shop_id, channel, inbox_id, queue_id, first_seconds, next_seconds,"
        " warn_percent FROM sla_policy WHERE is_on ORDER BY id"
    )
    return [Policy(**dict(row)) for row in rows]


async def waits_of(session: ReadSession, *, conversation_ids: Sequence[UUID]) -> list[Wait]:
    """Those of these conversations in which somebody waits."""
    return await _waits(session, "c.id = ANY($1::uuid[])", list(conversation_ids))


async def all_waits(
    session: ReadSession, *, shop_ids: Sequence[UUID], after: UUID | None, limit: int
) -> list[Wait]:
    """Everybody who waits in these shops, by the conversation's id."""
    condition = "c.shop_id = ANY($1::uuid[]) AND ($2::uuid IS NULL OR c.id > $2)"
    return await _waits(session, condition, list(shop_ids), after, limit=limit)


async def _waits(
    session: ReadSession, condition: str, *values: object, limit: int | None = None
) -> list[Wait]:
    rows = await session.fetch(
        f"SELECT c.id, c.shop_id, {WAIT_CHANNEL} AS channel, c.inbox_id, c.queue_id,"
        " c.waiting_since,"
        " EXISTS (SELECT FROM answer_time t WHERE t.conversation_id = c.id) AS was_answered"
        f" FROM conversation c WHERE {condition}"
        " AND c.state = 'open' AND c.message_count > 0 AND c.waiting_since IS NOT NULL"
        " ORDER BY c.id" + (f" LIMIT {limit}" if limit else ""),
        *values,
    )
    return [
        Wait(
            conversation_id=row["id"],
            shop_id=row["shop_id"],
            channel=row["channel"],
            inbox_id=row["inbox_id"],
            queue_id=row["queue_id"],
            waiting_since=row["waiting_since"],
            kind="next" if row["was_answered"] else "first",
        )
        for row in rows
    ]


_BREACH = """
    SELECT b.id, b.conversation_id, c.contact_name, c.contact_email, c.subject, b.channel, b.kind,
        p.name AS policy_name, b.assignee_id, s.name AS assignee_name, b.promised_seconds,
        b.waiting_since, b.due_at, b.breached_at, b.ended_at
    FROM sla_breach b JOIN conversation c ON c.id = b.conversation_id
    LEFT JOIN sla_policy p ON p.id = b.policy_id LEFT JOIN staff s ON s.id = b.assignee_id"""


async def list_breaches(
    session: ReadSession, *, shop_id: UUID | None, is_running: bool, cursor: str | None, limit: int
) -> BreachList:
    """The newest first; `is_running`: only those whose customers wait still."""
    rows = await session.fetch(
        f"{_BREACH} WHERE ($1::uuid IS NULL OR b.shop_id = $1) AND (NOT $2 OR b.ended_at IS NULL)"
        " AND ($3::timestamptz IS NULL OR (b.breached_at, b.id) < ($3, $4::uuid))"
        " ORDER BY b.breached_at DESC, b.id DESC LIMIT $5",
        shop_id,
        is_running,
        *(decode_moment(cursor) or (None, None)),
        limit + 1,
    )
    last = rows[limit - 1] if len(rows) > limit else None
    return BreachList(
        items=[BreachView(**dict(row)) for row in rows[:limit]],
        next=encode_cursor(last["breached_at"].isoformat(), str(last["id"])) if last else None,
    )
