"""Closing a conversation asks how it was."""

from datetime import timedelta

from stoa.contact.conversations.events import ConversationClosed
from stoa.contact.ratings.jobs import MAIL_JOB
from stoa.contact.ratings.queries import settings_of
from stoa.contact.ratings.service import ask_for_rating
from stoa.platform.database.session import Session
from stoa.platform.jobs.queue import enqueue

# A conversation that was closed by mistake, or goes on at once, sends no mail.
MAIL_AFTER = timedelta(minutes=10)


async def ask_after_closing(session: Session, event: ConversationClosed) -> None:
    """In the chat at once; by mail when it is still closed in a while."""
    asked = await ask_for_rating(
        session, conversation_id=event.conversation_id, closed_at=event.closed_at, way="chat"
    )
    if asked is None and (await settings_of(session, shop_id=event.shop_id)).by_mail:
        await enqueue(
            session,
            MAIL_JOB,
            {"conversation_id": event.conversation_id, "closed_at": event.closed_at.isoformat()},
            delay=MAIL_AFTER,
        )
