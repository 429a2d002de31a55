"""Who waits for somebody that has left the house waits for everybody again."""

from uuid import UUID

from stoa.contact.conversations.service import free_conversation, lock_conversation
from stoa.contact.routing.queries import waits_for_leavers
from stoa.platform.database.session import Database


async def free_from_leavers(database: Database) -> int:
    """Of the conversations that wait with somebody who has no access any more, some are nobody's;
    returns how many. What they closed stays theirs until its customer writes again."""
    async with database.read() as session:
        ids = await waits_for_leavers(session)
    return sum([await _free(database, id_) for id_ in ids])


async def _free(database: Database, conversation_id: UUID) -> bool:
    async with database.begin() as session:
        place = await lock_conversation(session, conversation_id=conversation_id)
        name: str | None = await session.fetch_value(
            "SELECT name FROM staff WHERE id = $1 AND NOT is_active", place.assignee_id
        )
        if name is None:
            return False  # somebody has taken it meanwhile
        await free_conversation(session, place=place, staff_name=name)
    return True
