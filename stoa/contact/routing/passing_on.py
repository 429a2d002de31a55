"""Somebody passes a conversation on to a team instead of to a person."""

from uuid import UUID

from stoa.contact.conversations.models import Sender
from stoa.contact.conversations.service import Told, lock_conversation, route_conversation
from stoa.people.identity.service import record_audit
from stoa.platform.database.session import Session
from stoa.platform.errors import NotFound


async def send_to_queue(
    session: Session, *, conversation_id: UUID, queue_id: UUID, by: Sender
) -> None:
    """The conversation is nobody's and waits in that queue; `by` is not given it again from there.

    Raises:
        NotFound: no such conversation, or no such queue.
    """
    place = await lock_conversation(session, conversation_id=conversation_id)
    queue = await session.fetch_one(
        "SELECT q.id, t.id AS team_id, t.name AS team_name FROM queue q"
        " JOIN team t ON t.id = q.team_id WHERE q.id = $1 AND q.removed_at IS NULL",
        queue_id,
    )
    if queue is None:
        raise NotFound()
    if by.staff_id is not None:
        await record_audit(
            session,
            staff_id=by.staff_id,
            action="conversation.passed_on",
            subject=str(place.id),
            details={"queue_id": str(queue_id)},
        )
    await route_conversation(
        session,
        place=place,
        queue_id=queue["id"],
        team_id=queue["team_id"],
        assignee_id=None,
        told=Told("moved", team_name=queue["team_name"], by_name=by.staff_name),
        put_back_by=by.staff_id,
    )
