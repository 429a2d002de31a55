"""Putting a conversation aside until a moment, or until its customer writes again."""

from datetime import datetime
from uuid import UUID

from stoa.contact.conversations.columns import ROW_JSON
from stoa.contact.conversations.errors import ConversationClosed, SnoozeInPast
from stoa.contact.conversations.events import DESK_TOPIC, ConversationListed
from stoa.contact.conversations.models import Sender
from stoa.contact.conversations.schemas import ConversationRow
from stoa.contact.conversations.service.places import lock_conversation
from stoa.people.identity.service import record_audit
from stoa.platform.clock import now
from stoa.platform.database.session import ReadSession, Session


async def snooze_conversation(
    session: Session, *, conversation_id: UUID, until: datetime | None, by: Sender
) -> None:
    """The conversation has left the lists, until then and at most until its customer writes; None
    means only that.

    Raises:
        NotFound: no such conversation.
        ConversationClosed: it is closed.
        SnoozeInPast: the moment has passed.
    """
    moment = now()
    place = await lock_conversation(session, conversation_id=conversation_id)
    if place.state == "closed":
        raise ConversationClosed()
    if until is not None and until <= moment:
        raise SnoozeInPast()
    await session.execute(
        "UPDATE conversation SET snoozed_at = $2, snoozed_until = $3, woke_by = NULL,"
        " version = version + 1 WHERE id = $1",
        place.id,
        moment,
        until,
    )
    await _told(session, place.id, action="conversation.snoozed", by=by)


async def wake_conversation(session: Session, *, conversation_id: UUID, by: Sender) -> None:
    """The conversation is in the lists, where it was; one that is not put aside stays as it is.

    Raises:
        NotFound: no such conversation.
    """
    place = await lock_conversation(session, conversation_id=conversation_id)
    count = await session.execute(
        "UPDATE conversation SET snoozed_at = NULL, snoozed_until = NULL, version = version + 1"
        " WHERE id = $1 AND snoozed_at IS NOT NULL",
        place.id,
    )
    if count:
        await _told(session, place.id, action="conversation.woken", by=by)


async def wake_due(session: Session, *, at: datetime, limit: int = 100) -> int:
    """What was put aside until `at` or before is back, at the top of the lists and marked; returns
    how many. Those that somebody else is working on are left for the next time.
    """
    rows = await session.fetch(
        f"""
        WITH due AS (
            SELECT id FROM conversation WHERE snoozed_until <= $1
            ORDER BY snoozed_until, id LIMIT $2 FOR NO KEY UPDATE SKIP LOCKED
        )
        UPDATE conversation c SET snoozed_at = NULL, snoozed_until = NULL, woke_at = $1,
            woke_by = 'time', version = c.version + 1
        FROM due WHERE c.id = due.id
        RETURNING {ROW_JSON} AS row
        """,
        at,
        limit,
    )
    for row in rows:
        listed = ConversationRow.model_validate(row["row"])
        session.publish(ConversationListed(conversation=listed), topics=[DESK_TOPIC])
    return len(rows)


async def next_waking(session: ReadSession) -> datetime | None:
    """The moment at which the next conversation comes back."""
    moment: datetime | None = await session.fetch_value(
        "SELECT min(snoozed_until) FROM conversation WHERE snoozed_until IS NOT NULL"
    )
    return moment


async def _told(session: Session, conversation_id: UUID, *, action: str, by: Sender) -> None:
    """The agents see it; the customer is not told that they have been put aside."""
    row = await session.fetch_value(
        f"SELECT {ROW_JSON} FROM conversation c WHERE c.id = $1", conversation_id
    )
    listed = ConversationRow.model_validate(row)
    if listed.message_count:
        session.publish(ConversationListed(conversation=listed), topics=[DESK_TOPIC])
    if by.staff_id is not None:
        await record_audit(
            session, staff_id=by.staff_id, action=action, subject=str(conversation_id)
        )
