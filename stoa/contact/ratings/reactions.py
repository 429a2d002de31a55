"""Closing a conversation asks how it was."""

from datetime import timedelta

from stoa.contact.conversations.events import ConversationClosed
from stoa.contact.conversations.queries import conversation_ids_of
from stoa.contact.ratings.jobs import MAIL_JOB
from stoa.contact.ratings.queries import settings_of
from stoa.contact.ratings.service import ask_for_rating
from stoa.people.customers.events import CustomerErased
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


async def forget_person(session: Session, event: CustomerErased) -> None:
    """The score stays, for it is about the shop; the words go, and so does the link to give one."""
    ids = await conversation_ids_of(
        session, customer_ids=event.customer_ids, visitor_ids=event.visitor_ids
    )
    await session.execute(
        "UPDATE rating SET words = '', token = gen_random_uuid()::text"
        " WHERE conversation_id = ANY($1::uuid[])",
        ids,
    )
