"""What waits to leave: wished for, claimed by whoever holds the line, tried again, called off."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import structlog

from stoa.contact.channels.errors import NothingToResend
from stoa.contact.channels.models import (
    HELD_BACK,
    Content,
    Delivery,
    DeliveryState,
    Inbox,
    Purpose,
)
from stoa.contact.channels.reports import DELIVERY_ROW, set_state
from stoa.people.customers.models import Point, PointKind
from stoa.people.customers.queries import key_of
from stoa.people.customers.service import mark_deliverable
from stoa.platform.clock import now
from stoa.platform.database.session import ReadSession, Row, Session
from stoa.platform.errors import NotFound
from stoa.platform.ids import new_id

log = structlog.get_logger()

# Whoever holds lines listens here; a payload is an inbox's id, or empty: the inboxes changed.
CHANNEL = "stoa_lines"


async def queue_delivery(
    session: Session,
    *,
    inbox: Inbox,
    to: Point,
    content: Content,
    purpose: Purpose,
    conversation_id: UUID | None = None,
    message_ids: Sequence[UUID] = (),
    unique_key: str | None = None,
    delivery_id: UUID | None = None,
    is_unasked: bool = False,
) -> UUID | None:
    """It will leave once this transaction has committed; None when the same was wished before.

    `is_unasked`: it serves and yet answers nothing, and so counts towards the day's cap.
    """
    made: UUID | None = await session.fetch_value(
        "INSERT INTO delivery (id, inbox_id, conversation_id, message_ids, purpose, to_kind,"
        " to_value, to_key, content, next_try_at, unique_key, created_at, is_unasked)"
        " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $10, $12)"
        " ON CONFLICT (unique_key) DO NOTHING RETURNING id",
        delivery_id or new_id(),
        inbox.id,
        conversation_id,
        list(message_ids),
        purpose,
        to.kind,
        to.value,
        key_of(to),
        content.model_dump(mode="json"),
        now(),
        unique_key,
        is_unasked,
    )
    if made is not None:
        await session.execute("SELECT pg_notify($1, $2)", CHANNEL, str(inbox.id))
    return made


async def claim(session: Session, *, inbox: Inbox, limit: int) -> list[Delivery]:
    """Up to `limit` deliveries that are due are this process's to send. One that cannot be read
    (another version wrote it) is given up, and holds up nobody."""
    rows = await session.fetch(
        "WITH due AS (SELECT id FROM delivery WHERE inbox_id = $1 AND state = 'queued'"
        " AND next_try_at <= $2 ORDER BY next_try_at, id LIMIT $3 FOR UPDATE SKIP LOCKED)"
        " UPDATE delivery d SET state = 'sending', claimed_at = $2, attempts = attempts + 1"
        " FROM due WHERE d.id = due.id RETURNING d.id, d.inbox_id, d.conversation_id,"
        " d.message_ids, d.purpose, d.to_kind, d.to_value, d.to_key, d.content, d.state,"
        " d.attempts, d.round, d.created_at",
        inbox.id,
        now(),
        limit,
    )
    claimed = []
    for row in rows:
        try:
            claimed.append(_delivery(row))
        except ValueError:
            log.exception("delivery.unreadable", delivery=str(row["id"]))
            await _give_up(session, row=row)
    return sorted(claimed, key=lambda each: (each.created_at, each.id))


async def _give_up(session: Session, *, row: Row) -> None:
    problem: dict[str, object] = {"reason": "internal", "params": {}}
    await set_state(session, row=row, state=DeliveryState.DEAD, problem=problem)


def _delivery(row: Row) -> Delivery:
    return Delivery(
        id=row["id"],
        inbox_id=row["inbox_id"],
        conversation_id=row["conversation_id"],
        message_ids=row["message_ids"],
        purpose=Purpose(row["purpose"]),
        to=Point(PointKind(row["to_kind"]), row["to_value"]),
        to_key=row["to_key"],
        content=Content.model_validate(row["content"]),
        state=DeliveryState(row["state"]),
        attempts=row["attempts"],
        round=row["round"],
        created_at=row["created_at"],
    )


async def release_orphans(session: Session, *, inbox_id: UUID, most_attempts: int) -> int:
    """What a process that is gone was sending is queued again, or given up after so many attempts:
    it may be what ended them all. Only the line's holder calls it."""
    for row in await session.fetch(
        f"SELECT {DELIVERY_ROW} FROM delivery d WHERE d.inbox_id = $1 AND d.state = 'sending'"
        " AND d.attempts > $2 FOR UPDATE",
        inbox_id,
        most_attempts,
    ):
        await _give_up(session, row=row)
    return await session.execute(
        "UPDATE delivery SET state = 'queued', next_try_at = $2 WHERE inbox_id = $1"
        " AND state = 'sending'",
        inbox_id,
        now(),
    )


async def next_due(session: ReadSession, *, inbox_id: UUID) -> datetime | None:
    """When the inbox's next delivery is due."""
    due: datetime | None = await session.fetch_value(
        "SELECT next_try_at FROM delivery WHERE inbox_id = $1 AND state = 'queued'"
        " ORDER BY next_try_at, id LIMIT 1",
        inbox_id,
    )
    return due


async def locked_row(session: Session, *, delivery_id: UUID) -> Row:
    row = await session.fetch_one(
        f"SELECT {DELIVERY_ROW} FROM delivery d WHERE d.id = $1 FOR UPDATE", delivery_id
    )
    if row is None:
        raise NotFound()
    return row


async def resend(session: Session, *, delivery_id: UUID) -> None:
    """A delivery that was given up is tried again from the beginning, also to an address at which
    nothing arrived. What had left and failed leaves as something new: nobody who took it the first
    time takes it for that, and what is still said of that is not said of this.

    Raises:
        NotFound: no such delivery.
        NothingToResend: it is on its way, has arrived, or left so long ago that its words are
            kept no more.
    """
    given_up = (DeliveryState.DEAD, DeliveryState.FAILED, DeliveryState.REFUSED)
    # Addresses are locked before what goes to them: so does whoever erases a person.
    to = await session.fetch_one(
        "SELECT to_kind, to_value FROM delivery WHERE id = $1 AND state = ANY($2::text[])",
        delivery_id,
        list(given_up),
    )
    if to is not None:
        await mark_deliverable(session, point=Point(PointKind(to["to_kind"]), to["to_value"]))
    row = await locked_row(session, delivery_id=delivery_id)
    if row["state"] == DeliveryState.QUEUED:
        await session.execute(
            "UPDATE delivery SET next_try_at = $2 WHERE id = $1", delivery_id, now()
        )
        await session.execute("SELECT pg_notify($1, $2)", CHANNEL, str(row["inbox_id"]))
        return
    if row["state"] not in given_up:
        raise NothingToResend()
    has_failed = row["state"] == DeliveryState.FAILED
    count = await session.execute(
        "UPDATE delivery SET attempts = 0, next_try_at = $2, state = 'queued', round = round + $3"
        " WHERE id = $1 AND content <> '{}'",
        delivery_id,
        now(),
        int(has_failed),
    )
    if count == 0:
        raise NothingToResend()
    if has_failed:
        await session.execute(
            "UPDATE external_name SET delivery_id = NULL WHERE delivery_id = $1", delivery_id
        )
    await set_state(session, row=row, state=DeliveryState.QUEUED)
    await session.execute("SELECT pg_notify($1, $2)", CHANNEL, str(row["inbox_id"]))


_OF_SHOP = "d.inbox_id IN (SELECT id FROM inbox WHERE shop_id = $1)"
_TO_ADDRESS = "d.to_kind = $1 AND d.to_key = $2"


async def ask_again(session: Session, *, shop_id: UUID) -> None:
    """What a shop's limits hold back is decided anew: they are others now."""
    await _decide_anew(session, _OF_SHOP, shop_id)


async def ask_again_for(session: Session, *, kind: PointKind, key: str) -> None:
    """What is held back from an address is decided anew: whoever has it wrote, and waits for an
    answer now."""
    await _decide_anew(session, _TO_ADDRESS, kind, key)


async def _decide_anew(session: Session, which: str, *of: object) -> None:
    """What is just being held back is waited for; what is about to be, by whoever has not locked it
    yet, is decided under the lock by what holds once this has committed."""
    await session.execute(
        f"SELECT FROM delivery d WHERE {which} AND d.state = 'sending' ORDER BY d.id FOR UPDATE",
        *of,
    )
    at, channel, reason = (f"${len(of) + number}" for number in (1, 2, 3))
    await session.execute(
        f"WITH held AS (UPDATE delivery d SET next_try_at = {at} WHERE {which}"
        f" AND d.state = 'queued' AND d.problem ->> 'reason' = {reason} RETURNING d.inbox_id)"
        f" SELECT pg_notify({channel}, inbox_id::text) FROM held GROUP BY inbox_id",
        *of,
        now(),
        CHANNEL,
        HELD_BACK,
    )


async def cancel(session: Session, *, delivery_id: UUID) -> None:
    """A delivery that waits will not leave.

    Raises:
        NotFound: no such delivery.
        NothingToResend: it has left already.
    """
    row = await locked_row(session, delivery_id=delivery_id)
    if row["state"] != DeliveryState.QUEUED:
        raise NothingToResend()
    await set_state(session, row=row, state=DeliveryState.CANCELLED)
