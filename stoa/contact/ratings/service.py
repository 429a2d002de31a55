"""Asking how somebody was served, and hearing it."""

import secrets
from datetime import datetime, timedelta
from uuid import UUID

from stoa.contact.conversations.events import DESK_TOPIC
from stoa.contact.conversations.models import Sender
from stoa.contact.conversations.queries import WAIT_CHANNEL
from stoa.contact.conversations.schemas import RatingCard
from stoa.contact.conversations.service import (
    add_message,
    change_card,
    clean_text,
    close_conversation,
    lock_conversation,
)
from stoa.contact.ratings.events import ConversationRated
from stoa.contact.ratings.models import Question, Way
from stoa.contact.ratings.queries import settings_of
from stoa.platform.clock import now
from stoa.platform.database.session import Row, Session
from stoa.platform.errors import NotFound
from stoa.platform.ids import new_id

# Whoever comes back within a day is not asked again.
ONCE_IN = timedelta(days=1)
IN_CHAT = ("chat", "call")
SCORES = ("1", "2", "3", "4", "5")
# A closing that an agent takes back within this was a mistake, and so was the question.
MISTAKEN_WITHIN = timedelta(hours=1)


async def ask_for_rating(
    session: Session, *, conversation_id: UUID, closed_at: datetime, way: Way
) -> Question | None:
    """The customer is asked by `way` how they were served, and the timeline shows it; None when
    they may not be: the conversation goes on, no two people spoke in it, they were asked within a
    day, they were served in another way, or the shop does not want it.
    """
    place = await lock_conversation(session, conversation_id=conversation_id)
    row = await session.fetch_one(_ASKABLE, conversation_id, closed_at, now() - ONCE_IN)
    if row is None or way_of(row) != way:
        return None
    wanted = await settings_of(session, shop_id=place.shop_id)
    if not {"chat": wanted.in_chat, "email": wanted.by_mail, "sms": wanted.by_sms}[way]:
        return None
    question = Question(
        id=new_id(), conversation_id=place.id, shop_id=place.shop_id, token=secrets.token_urlsafe()
    )
    card = RatingCard(rating_id=question.id, way=way)
    message = await add_message(
        session,
        place=place,
        kind="system",
        sender=None,
        client_id=f"rating-{question.id}",
        card=card,
        preview="",
    )
    await session.execute(
        "INSERT INTO rating (id, shop_id, conversation_id, closed_at, way, channel, staff_id,"
        " token, message_id, asked_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
        question.id,
        place.shop_id,
        place.id,
        closed_at,
        way,
        row["channel"],
        row["assignee_id"],
        question.token,
        message.id,
        now(),
    )
    return question


# A customer's words and an agent's; what machines wrote to one another is nothing to rate.
_ASKABLE = f"""
    SELECT {WAIT_CHANNEL} AS channel, c.assignee_id, c.visitor_id, c.contact_email
    FROM conversation c
    WHERE c.id = $1 AND c.state = 'closed' AND c.closed_at = $2
        AND EXISTS (SELECT FROM message m WHERE m.conversation_id = c.id
            AND m.sender_kind = 'agent' AND m.kind <> 'note')
        AND EXISTS (SELECT FROM message m WHERE m.conversation_id = c.id
            AND m.sender_kind = 'customer'
            AND NOT coalesce((m.card ->> 'is_automatic')::boolean, false))
        AND NOT EXISTS (SELECT FROM rating r WHERE r.conversation_id = c.id
            AND (r.asked_at > $3 OR r.closed_at = c.closed_at))"""


def way_of(row: Row) -> Way | None:
    """How the customer of a conversation can be asked; None: in no way that there is yet."""
    if row["channel"] in IN_CHAT and row["visitor_id"] is not None:
        return "chat"
    # What was left for later is answered by mail as well.
    if row["channel"] in ("email", "message") and row["contact_email"]:
        return "email"
    return "sms" if row["channel"] == "sms" else None


async def give_rating(
    session: Session,
    *,
    rating_id: UUID,
    score: int,
    words: str,
    visitor_id: UUID | None = None,
    token: str | None = None,
) -> None:
    """The rating is as said last; agents see it where they asked. `visitor_id` or `token` say by
    whom.

    Raises:
        NotFound: nobody was asked for it, or not this visitor, or not by this token any more.
    """
    asked = await session.fetch_one(
        "SELECT conversation_id, token FROM rating WHERE id = $1", rating_id
    )
    if asked is None:
        raise NotFound()
    # Before the rating: so does whoever erases the person, after whom its token is another one.
    await lock_conversation(
        session, conversation_id=asked["conversation_id"], visitor_id=visitor_id
    )
    row = await session.fetch_one(
        "UPDATE rating SET score = $2, words = $3, rated_at = $4 WHERE id = $1 AND token = $5"
        " RETURNING conversation_id, shop_id, message_id, way",
        rating_id,
        score,
        clean_text(words),
        now(),
        token or asked["token"],
    )
    if row is None:
        raise NotFound()
    if row["message_id"] is not None:
        card = RatingCard(rating_id=rating_id, way=row["way"], score=score, words=clean_text(words))
        await change_card(session, message_id=row["message_id"], card=card)
    session.publish(
        ConversationRated(
            conversation_id=row["conversation_id"],
            shop_id=row["shop_id"],
            rating_id=rating_id,
            score=score,
        ),
        topics=[DESK_TOPIC],
    )


async def withdraw_question(session: Session, *, conversation_id: UUID) -> None:
    """What was just asked in the chat and is not answered yet is asked no more; the next closing
    asks anew.
    """
    rows = await session.fetch(
        "DELETE FROM rating WHERE conversation_id = $1 AND way = 'chat' AND score IS NULL"
        " AND asked_at > $2 RETURNING id, message_id",
        conversation_id,
        now() - MISTAKEN_WITHIN,
    )
    for row in rows:
        if row["message_id"] is not None:
            card = RatingCard(rating_id=row["id"], way="chat", is_withdrawn=True)
            await change_card(session, message_id=row["message_id"], card=card)


async def take_number(session: Session, *, conversation_id: UUID, text: str) -> bool:
    """A number from 1 to 5 that answers our question by SMS is the rating, and its conversation is
    closed as it was; returns whether it was one. Anything else goes on with the conversation.
    """
    score = text.strip()
    if score not in SCORES:
        return False
    rating_id = await session.fetch_value(
        "SELECT id FROM rating WHERE conversation_id = $1 AND way = 'sms' AND score IS NULL"
        " AND asked_at > $2 ORDER BY asked_at DESC, id LIMIT 1",
        conversation_id,
        now() - ONCE_IN,
    )
    if rating_id is None:
        return False
    await give_rating(session, rating_id=rating_id, score=int(score), words="")
    await close_conversation(session, conversation_id=conversation_id, by=Sender())
    return True
