"""What the house does with a conversation by rule: into a queue, to somebody, back again."""

from dataclasses import dataclass
from typing import Literal
from uuid import UUID

from stoa.contact.conversations.schemas import SystemFact
from stoa.contact.conversations.service.cards import add_message
from stoa.contact.conversations.service.places import Place, publish_change
from stoa.platform.clock import now
from stoa.platform.database.session import Session
from stoa.platform.ids import new_id


@dataclass(frozen=True, slots=True)
class Told:
    """What the timeline says of it."""

    fact: Literal["routed", "returned", "moved"]
    staff_name: str | None = None
    team_name: str | None = None
    by_name: str | None = None


async def route_conversation(
    session: Session,
    *,
    place: Place,
    queue_id: UUID,
    team_id: UUID,
    assignee_id: UUID | None,
    told: Told | None,
    put_back_by: UUID | None = None,
) -> None:
    """The conversation is in that queue of that team, and `assignee_id`'s. The caller holds its
    lock. In a queue it was not in before, or with somebody who did not have it, it waits from now
    on. `put_back_by` will not be given it, nor will who put it back before, as long as nobody has
    it.
    """
    await session.execute(
        "UPDATE conversation SET assignee_id = $4, team_id = $3,"
        " queued_at = CASE WHEN queue_id = $2 AND ($4::uuid IS NULL OR assignee_id = $4)"
        " THEN queued_at ELSE $5 END, queue_id = $2,"
        " put_back_by = CASE WHEN $4::uuid IS NULL THEN coalesce($6, put_back_by) END,"
        " version = version + 1 WHERE id = $1",
        place.id,
        queue_id,
        team_id,
        assignee_id,
        now(),
        put_back_by,
    )
    if told is not None:
        await add_message(
            session,
            place=place,
            kind="system",
            sender=None,
            client_id=f"system-{new_id()}",
            card=SystemFact(
                fact=told.fact,
                staff_name=told.staff_name,
                team_name=told.team_name,
                by_name=told.by_name,
            ),
            preview="",
        )
    await publish_change(session, conversation_id=place.id)


async def free_conversation(session: Session, *, place: Place, staff_name: str) -> None:
    """The conversation is nobody's, for whoever had it is not there any more; where it waits, and
    since when, stays as it was. The caller holds its lock."""
    await session.execute(
        "UPDATE conversation SET assignee_id = NULL, put_back_by = NULL, version = version + 1"
        " WHERE id = $1",
        place.id,
    )
    await add_message(
        session,
        place=place,
        kind="system",
        sender=None,
        client_id=f"system-{new_id()}",
        card=SystemFact(fact="returned", staff_name=staff_name),
        preview="",
    )
    await publish_change(session, conversation_id=place.id)
