"""What a call does to its conversation, besides its card."""

from datetime import datetime
from uuid import UUID

from stoa.contact.conversations.rules import preview_of
from stoa.contact.conversations.schemas import SenderKind
from stoa.contact.conversations.service.places import WAKE, Place
from stoa.platform.database.session import Session


async def count_call(
    session: Session, *, place: Place, by: SenderKind, preview: str, at: datetime
) -> None:
    """The agents' list shows the conversation, open, with the call as its last message. The caller
    holds its lock, adds the card, and calls `publish_change`.
    """
    await session.execute(
        "UPDATE conversation SET state = 'open', closed_at = NULL,"
        " message_count = message_count + 1, last_message_at = $2, last_message_preview = $3,"
        " last_sender_kind = $4, version = version + 1,"
        f" {WAKE} WHERE id = $1",
        place.id,
        at,
        preview_of("", card_title=preview),
        by,
    )


async def assign_caller(
    session: Session, *, conversation_id: UUID, staff_id: UUID, instead_of: UUID | None
) -> bool:
    """Whoever speaks with the customer has the conversation, if nobody had it but `instead_of`.
    Says whether that changed anything; the caller calls `publish_change` then.
    """
    count = await session.execute(
        "UPDATE conversation SET assignee_id = $2, version = version + 1 WHERE id = $1"
        " AND assignee_id IS DISTINCT FROM $2 AND (assignee_id IS NULL OR assignee_id = $3)",
        conversation_id,
        staff_id,
        instead_of,
    )
    return count > 0


async def wait_for_answer(
    session: Session, *, conversation_id: UUID, preview: str, at: datetime
) -> None:
    """The conversation waits for an answer like one with a new message, also when its card was
    seen before somebody spoke a message into it. The caller calls `publish_change`.
    """
    await session.execute(
        "UPDATE conversation SET state = 'open', closed_at = NULL,"
        " unread_count = greatest(unread_count, 1), waiting_since = coalesce(waiting_since, $2),"
        " last_message_at = $2, last_message_preview = $3, last_sender_kind = 'customer',"
        f" version = version + 1, {WAKE} WHERE id = $1",
        conversation_id,
        at,
        preview_of("", card_title=preview),
    )
