"""By when an answer is promised: told from outside, shown with the conversation."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from stoa.contact.conversations.columns import ROW_JSON
from stoa.contact.conversations.events import DESK_TOPIC, ConversationListed
from stoa.contact.conversations.schemas import ConversationRow
from stoa.platform.database.session import Session


@dataclass(frozen=True, slots=True)
class DueWait:
    """The wait of a conversation that began at `waiting_since`. None: nothing is promised."""

    conversation_id: UUID
    waiting_since: datetime
    warn_at: datetime | None
    due_at: datetime | None


async def set_due(session: Session, *, waits: Sequence[DueWait]) -> set[UUID]:
    """Agents see when these waits are due. A wait that has ended meanwhile is left alone; the
    conversations that were not are returned.
    """
    rows = await session.fetch(
        f"""
        WITH wait AS (
            SELECT * FROM unnest($1::uuid[], $2::timestamptz[], $3::timestamptz[],
                $4::timestamptz[]) AS w (id, waiting_since, warn_at, due_at)
        ), held AS (
            SELECT c.id FROM conversation c JOIN wait w ON w.id = c.id
            WHERE c.waiting_since = w.waiting_since ORDER BY c.id FOR NO KEY UPDATE OF c
        )
        UPDATE conversation c SET due_for = w.waiting_since, warn_at = w.warn_at,
            due_at = w.due_at, version = c.version + 1
        FROM wait w JOIN held h ON h.id = w.id WHERE c.id = h.id
        RETURNING c.id, {ROW_JSON} AS row
        """,
        [wait.conversation_id for wait in waits],
        [wait.waiting_since for wait in waits],
        [wait.warn_at for wait in waits],
        [wait.due_at for wait in waits],
    )
    for row in sorted(rows, key=lambda row: row["id"]):
        listed = ConversationRow.model_validate(row["row"])
        session.publish(ConversationListed(conversation=listed), topics=[DESK_TOPIC])
    return {row["id"] for row in rows}
