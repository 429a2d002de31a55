"""Writes about walks: asked, answered, gone on, ended.

Each verb locks the walk's row first. What changed is on the card in the timeline, in the audit, and
on `visitor:<id>`, where the customer's page turns by it.
"""

from uuid import UUID

import structlog

from stoa.assist.walks.errors import NobodyToWalkWith, WalkBusy, WalkOver
from stoa.assist.walks.events import WalkChanged
from stoa.assist.walks.models import LockedWalk, Place, WalkState
from stoa.assist.walks.places import place_of
from stoa.assist.walks.queries import (
    lock_live_walk,
    lock_overdue_walks,
    lock_walk,
    walk_view,
)
from stoa.assist.walks.schemas import Destination, WalkView
from stoa.commerce.shops.queries import get_shop
from stoa.contact.conversations.models import Sender
from stoa.contact.conversations.queries import get_row
from stoa.contact.conversations.schemas import WalkCard
from stoa.contact.conversations.service import Place as ConversationPlace
from stoa.contact.conversations.service import (
    add_message,
    change_card,
    lock_conversation,
    publish_change,
)
from stoa.people.hearing import visitor_topic
from stoa.people.identity.service import record_audit
from stoa.platform.clock import now
from stoa.platform.database.session import ReadSession, Session
from stoa.platform.i18n.locale import as_locale
from stoa.platform.ids import new_id

log = structlog.get_logger()


async def ask(
    session: Session, *, conversation_id: UUID, by: Sender, to: Destination, own: str
) -> WalkView:
    """The customer is asked to come along; one who already walks with this agent is there now.

    `own` is the origin of Stoa's own pages.

    Raises:
        NotFound: no such conversation, product or category.
        NoWayThere: an address that customers are not led to.
        NobodyToWalkWith: the conversation has no visitor.
        WalkBusy: the visitor walks with another agent, or in another conversation.
    """
    assert by.staff_id is not None, "only staff ask"
    conversation = await lock_conversation(session, conversation_id=conversation_id)
    if conversation.visitor_id is None:
        raise NobodyToWalkWith()
    place = await _place(session, conversation_id=conversation_id, to=to, own=own)
    known = await lock_live_walk(session, visitor_id=conversation.visitor_id)
    if known is None:
        return await _begin(session, conversation=conversation, by=by, place=place)
    if (known.staff_id, known.conversation_id) != (by.staff_id, conversation.id):
        raise WalkBusy()
    return await _turn(session, known, place=place)


async def _place(
    session: ReadSession, *, conversation_id: UUID, to: Destination, own: str
) -> Place:
    row = await get_row(session, conversation_id=conversation_id)
    shop = await get_shop(session, shop_id=row.shop_id)
    spoken = as_locale(row.locale)
    locale = spoken if spoken in shop.locales else shop.default_locale
    return await place_of(session, shop=shop, locale=locale, to=to, own=own)


async def _begin(
    session: Session, *, conversation: ConversationPlace, by: Sender, place: Place
) -> WalkView:
    walk_id, moment = new_id(), now()
    card = WalkCard(
        walk_id=walk_id,
        state="asked",
        agent_name=by.staff_name or "",
        title=place.title,
        asked_at=moment,
    )
    message = await add_message(
        session,
        place=conversation,
        kind="walk",
        sender=by,
        client_id=f"walk-{walk_id}",
        card=card,
        preview=place.title,
    )
    begun = await session.fetch_value(
        "INSERT INTO walk (id, shop_id, conversation_id, visitor_id, staff_id, message_id, state,"
        " first_title, title, url, asked_at, moved_at)"
        " VALUES ($1, $2, $3, $4, $5, $6, 'asked', $7, $7, $8, $9, $9)"
        # Another conversation of the same visitor may have been faster.
        " ON CONFLICT (visitor_id) WHERE state IN ('asked', 'walking') DO NOTHING RETURNING id",
        walk_id,
        conversation.shop_id,
        conversation.id,
        conversation.visitor_id,
        by.staff_id,
        message.id,
        place.title,
        place.url,
        moment,
    )
    if begun is None:
        raise WalkBusy()
    await publish_change(session, conversation_id=conversation.id)
    return await _tell(
        session, walk_id, action="walk.asked", staff_id=by.staff_id, details={"url": place.url}
    )


async def go(session: Session, *, walk_id: UUID, by: Sender, to: Destination, own: str) -> WalkView:
    """The customer's page turns to this place.

    Raises:
        NotFound: not this agent's walk, or no such place.
        NoWayThere: an address that customers are not led to.
        WalkOver: the customer has not come along, or no longer.
    """
    walk = await lock_walk(session, walk_id=walk_id, staff_id=by.staff_id)
    if walk.state is not WalkState.WALKING:
        raise WalkOver()
    place = await _place(session, conversation_id=walk.conversation_id, to=to, own=own)
    return await _turn(session, walk, place=place)


async def _turn(session: Session, walk: LockedWalk, *, place: Place) -> WalkView:
    """The walk is about this place now. One that waits for an answer takes the question along."""
    is_asked = walk.state is WalkState.ASKED
    await session.execute(
        "UPDATE walk SET title = $2, url = $3, step = step + $4, moved_at = $5,"
        " first_title = CASE WHEN state = 'asked' THEN $2 ELSE first_title END,"
        " version = version + 1 WHERE id = $1",
        walk.id,
        place.title,
        place.url,
        0 if is_asked else 1,
        now(),
    )
    if is_asked:
        await _redraw(session, walk, title=place.title)
    action = "walk.asked" if is_asked else "walk.gone"
    return await _tell(
        session, walk.id, action=action, staff_id=walk.staff_id, details={"url": place.url}
    )


async def answer(session: Session, *, walk_id: UUID, visitor_id: UUID, is_agreed: bool) -> WalkView:
    """The customer comes along, or does not.

    Raises:
        NotFound: not this visitor's.
        WalkOver: it has ended, or was answered otherwise.
    """
    walk = await lock_walk(session, walk_id=walk_id, visitor_id=visitor_id)
    wanted = WalkState.WALKING if is_agreed else WalkState.REFUSED
    if walk.state is wanted:
        return await walk_view(session, walk_id=walk_id)
    if walk.state is not WalkState.ASKED:
        raise WalkOver()
    moment = now()
    await session.execute(
        "UPDATE walk SET state = $2, answered_at = $3, moved_at = $3, ended_at = $4,"
        " step = step + $5, version = version + 1 WHERE id = $1",
        walk_id,
        wanted,
        moment,
        None if is_agreed else moment,
        1 if is_agreed else 0,
    )
    await _redraw(session, walk)
    return await _tell(session, walk_id, action=f"walk.{wanted}", staff_id=None)


async def end(
    session: Session,
    *,
    walk_id: UUID,
    visitor_id: UUID | None = None,
    staff_id: UUID | None = None,
) -> WalkView:
    """The customer walks by themselves again. What is over stays as it was.

    Raises:
        NotFound: not this visitor's, or not this agent's.
    """
    walk = await lock_walk(session, walk_id=walk_id, visitor_id=visitor_id, staff_id=staff_id)
    if walk.state not in (WalkState.ASKED, WalkState.WALKING):
        return await walk_view(session, walk_id=walk_id)
    return await _end(session, walk, staff_id=staff_id)


async def end_overdue(session: Session) -> int:
    """Unanswered questions and walks that stand still are over; returns how many."""
    overdue = await lock_overdue_walks(session, now=now())
    for walk in overdue:
        await _end(session, walk, staff_id=None)
    return len(overdue)


async def _end(session: Session, walk: LockedWalk, *, staff_id: UUID | None) -> WalkView:
    await session.execute(
        "UPDATE walk SET state = 'ended', ended_at = $2, version = version + 1 WHERE id = $1",
        walk.id,
        now(),
    )
    await _redraw(session, walk)
    return await _tell(session, walk.id, action="walk.ended", staff_id=staff_id)


async def _redraw(session: Session, walk: LockedWalk, *, title: str | None = None) -> None:
    """The card in the timeline shows how the walk stands."""
    view = await walk_view(session, walk_id=walk.id)
    card = WalkCard(
        walk_id=walk.id,
        state=view.state,
        agent_name=view.staff_name,
        title=title or walk.first_title,
        asked_at=view.asked_at,
    )
    await change_card(session, message_id=walk.message_id, card=card)


async def _tell(
    session: Session,
    walk_id: UUID,
    *,
    action: str,
    staff_id: UUID | None,
    details: dict[str, str] | None = None,
) -> WalkView:
    """The audit and both sides know how the walk stands."""
    view = await walk_view(session, walk_id=walk_id)
    await record_audit(
        session, staff_id=staff_id, action=action, subject=f"walk:{walk_id}", details=details
    )
    session.publish(WalkChanged(walk=view), topics=[visitor_topic(view.visitor_id)])
    session.after_commit(lambda: log.info("walk.changed", action=action, walk=str(walk_id)))
    return view
