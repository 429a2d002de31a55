"""Closing a conversation asks how it was."""

from datetime import timedelta

from stoa.contact.conversations.events import ConversationClosed, MessageAdded
from stoa.contact.conversations.queries import conversation_ids_of
from stoa.contact.conversations.schemas import SystemFact
from stoa.contact.ratings.jobs import ASK_JOB
from stoa.contact.ratings.queries import settings_of
from stoa.contact.ratings.service import ask_for_rating, take_number, withdraw_question
from stoa.people.customers.events import CustomerErased
from stoa.platform.database.session import Session
from stoa.platform.jobs.queue import enqueue

# A conversation that was closed by mistake, or goes on at once, asks nothing.
ASK_AFTER = timedelta(minutes=10)


async def ask_after_closing(session: Session, event: ConversationClosed) -> None:
    """In the chat at once; by mail or SMS when it is still closed in a while."""
    asked = await ask_for_rating(
        session, conversation_id=event.conversation_id, closed_at=event.closed_at, way="chat"
    )
    if asked is not None:
        return
    wanted = await settings_of(session, shop_id=event.shop_id)
    if wanted.by_mail or wanted.by_sms:
        await enqueue(
            session,
            ASK_JOB,
            {"conversation_id": event.conversation_id, "closed_at": event.closed_at.isoformat()},
            delay=ASK_AFTER,
        )


async def hear_number(session: Session, event: MessageAdded) -> None:
    """Whoever answers our question by SMS has rated."""
    message = event.message
    if message.channel == "sms" and message.sender_kind == "customer":
        await take_number(session, conversation_id=message.conversation_id, text=message.body)


async def hear_reopening(session: Session, event: MessageAdded) -> None:
    """An agent who takes a closing back takes back what it asked in the chat."""
    card = event.message.card
    if isinstance(card, SystemFact) and card.fact == "reopened" and card.by_name:
        await withdraw_question(session, conversation_id=event.message.conversation_id)


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
