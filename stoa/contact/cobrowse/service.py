"""Writes about co-browsing: asked, agreed, stopped; and what the agent did in the page.

Each verb locks the session's row first. What changed is on the card in the timeline and reaches
both sides on `visitor:<id>`.
"""

from uuid import UUID

from stoa.contact.cobrowse.changes import (
    card_of,
    end_session,
    set_control,
    tell,
    tell_changed,
    withdraw_consent,
    write_consent,
)
from stoa.contact.cobrowse.errors import CobrowseBusy, CobrowseOver, NobodyToWatch, NoControl
from stoa.contact.cobrowse.models import EndReason
from stoa.contact.cobrowse.queries import (
    get_session,
    lock_live_session,
    lock_session,
    overdue_sessions,
    require_active,
)
from stoa.contact.cobrowse.schemas import CobrowseView
from stoa.contact.conversations.models import Sender
from stoa.contact.conversations.service import (
    Place,
    add_message,
    lock_conversation,
    publish_change,
)
from stoa.people.consent.models import Purpose
from stoa.platform.clock import now
from stoa.platform.database.session import Session
from stoa.platform.ids import new_id


async def ask(session: Session, *, conversation_id: UUID, by: Sender) -> CobrowseView:
    """The customer is asked whether this agent may see their page. Again: what is there.

    Raises:
        NotFound: no such conversation.
        NobodyToWatch: it has no visitor.
        CobrowseBusy: another agent was first, or it is about another conversation.
    """
    assert by.staff_id is not None, "only staff ask"
    place = await lock_conversation(session, conversation_id=conversation_id)
    if place.visitor_id is None:
        raise NobodyToWatch()
    known = await lock_live_session(session, visitor_id=place.visitor_id)
    if known is not None:
        if (known.staff_id, known.conversation_id) != (by.staff_id, place.id):
            raise CobrowseBusy()
        return known
    session_id = await _begin(session, place=place, staff_id=by.staff_id)
    view = await get_session(session, session_id=session_id)
    message = await add_message(
        session,
        place=place,
        kind="cobrowse",
        sender=None,
        client_id=f"cobrowse-{session_id}",
        card=card_of(view, actions=0),
        preview="",
    )
    await session.execute(
        "UPDATE cobrowse_session SET message_id = $2 WHERE id = $1", session_id, message.id
    )
    await publish_change(session, conversation_id=conversation_id)
    await tell(session, view, action="cobrowse.asked", staff_id=by.staff_id)
    return view


async def _begin(session: Session, *, place: Place, staff_id: UUID) -> UUID:
    moment = now()
    begun = await session.fetch_value(
        "INSERT INTO cobrowse_session"
        " (id, shop_id, conversation_id, visitor_id, staff_id, state, asked_at, seen_at)"
        " VALUES ($1, $2, $3, $4, $5, 'asked', $6, $6)"
        # Another conversation of the same visitor may have been faster.
        " ON CONFLICT (visitor_id) WHERE state <> 'ended' DO NOTHING RETURNING id",
        new_id(),
        place.shop_id,
        place.id,
        place.visitor_id,
        staff_id,
        moment,
    )
    if begun is None:
        raise CobrowseBusy()
    assert isinstance(begun, UUID)
    return begun


async def answer(
    session: Session,
    *,
    session_id: UUID,
    visitor_id: UUID,
    is_agreed: bool,
    wording: str,
    locale: str,
) -> CobrowseView:
    """The customer has agreed, and the ledger says to what; or the session is over.

    Raises:
        NotFound: not this visitor's.
        CobrowseOver: it has ended, or was answered otherwise.
    """
    locked = await lock_session(session, session_id=session_id, visitor_id=visitor_id)
    view = locked.view
    if view.state == "active" and is_agreed:
        return view
    if view.state != "asked":
        raise CobrowseOver()
    await write_consent(session, view, Purpose.COBROWSING, is_agreed, wording, locale)
    if not is_agreed:
        return await end_session(session, locked, reason=EndReason.REFUSED, staff_id=None)
    await session.execute(
        "UPDATE cobrowse_session SET state = 'active', answered_at = $2, seen_at = $2,"
        " version = version + 1 WHERE id = $1",
        session_id,
        now(),
    )
    return await tell_changed(session, locked, action="cobrowse.agreed", staff_id=None)


async def stop(
    session: Session,
    *,
    session_id: UUID,
    visitor_id: UUID | None = None,
    staff_id: UUID | None = None,
) -> CobrowseView:
    """Nobody sees the page any more. What has ended stays as it ended.

    Raises:
        NotFound: not this visitor's, or not this agent's.
    """
    locked = await lock_session(
        session, session_id=session_id, visitor_id=visitor_id, staff_id=staff_id
    )
    if locked.view.state == "ended":
        return locked.view
    by_customer = visitor_id is not None
    if by_customer:
        await withdraw_consent(session, locked.view, Purpose.COBROWSING)
        await withdraw_consent(session, locked.view, Purpose.CONTROL)
    reason = EndReason.STOPPED_BY_CUSTOMER if by_customer else EndReason.STOPPED_BY_AGENT
    return await end_session(session, locked, reason=reason, staff_id=staff_id)


async def ask_control(session: Session, *, session_id: UUID, staff_id: UUID) -> CobrowseView:
    """The customer is asked whether the agent may act in their page. Again: what is there.

    Raises:
        NotFound: not this agent's.
        CobrowseOver: it is not active.
    """
    locked = await lock_session(session, session_id=session_id, staff_id=staff_id)
    require_active(locked.view)
    if locked.view.control != "none":
        return locked.view
    return await set_control(
        session, locked, control="asked", action="cobrowse.control_asked", staff_id=staff_id
    )


async def answer_control(
    session: Session,
    *,
    session_id: UUID,
    visitor_id: UUID,
    is_agreed: bool,
    wording: str,
    locale: str,
) -> CobrowseView:
    """The agent may act in the page, and the ledger says what was agreed to; or may not.

    Raises:
        NotFound: not this visitor's.
        CobrowseOver: it is not active, or nobody asked.
    """
    locked = await lock_session(session, session_id=session_id, visitor_id=visitor_id)
    require_active(locked.view)
    if locked.view.control == "given" and is_agreed:
        return locked.view
    if locked.view.control != "asked":
        raise CobrowseOver()
    await write_consent(session, locked.view, Purpose.CONTROL, is_agreed, wording, locale)
    return await set_control(
        session,
        locked,
        control="given" if is_agreed else "none",
        action="cobrowse.control_given" if is_agreed else "cobrowse.control_refused",
        staff_id=None,
    )


async def release_control(
    session: Session,
    *,
    session_id: UUID,
    visitor_id: UUID | None = None,
    staff_id: UUID | None = None,
) -> CobrowseView:
    """The agent may look, and do nothing.

    Raises:
        NotFound: not this visitor's, or not this agent's.
    """
    locked = await lock_session(
        session, session_id=session_id, visitor_id=visitor_id, staff_id=staff_id
    )
    if locked.view.state != "active" or locked.view.control == "none":
        return locked.view
    if visitor_id is not None:
        await withdraw_consent(session, locked.view, Purpose.CONTROL)
    return await set_control(
        session, locked, control="none", action="cobrowse.control_released", staff_id=staff_id
    )


async def end_overdue(session: Session) -> int:
    """What nobody answers, watches from or talks about any more is over; returns how many."""
    overdue = await overdue_sessions(session, now=now())
    for session_id, reason in overdue:
        locked = await lock_session(session, session_id=session_id)
        await end_session(session, locked, reason=reason, staff_id=None)
    return len(overdue)


async def note_seen(session: Session, *, visitor_ids: list[UUID]) -> None:
    """These customers' pages are connected at this moment."""
    await session.execute(
        "UPDATE cobrowse_session SET seen_at = $2"
        " WHERE visitor_id = ANY ($1::uuid[]) AND state <> 'ended'",
        visitor_ids,
        now(),
    )


async def begin_action(
    session: Session, *, session_id: UUID, staff_id: UUID, kind: str, page_url: str
) -> UUID:
    """The action may go to the customer's page; what it types is stored nowhere.

    Scrolling is not written down one by one.

    Raises:
        NotFound: not this agent's session.
        CobrowseOver: it is not active.
        NoControl: the customer has not given control, or has taken it back.
    """
    locked = await lock_session(session, session_id=session_id, staff_id=staff_id)
    require_active(locked.view)
    if locked.view.control != "given":
        raise NoControl()
    action_id = new_id()
    if kind != "scroll":
        await session.execute(
            "INSERT INTO cobrowse_action (id, session_id, staff_id, kind, page_url, outcome, at)"
            " VALUES ($1, $2, $3, $4, $5, 'sent', $6)",
            action_id,
            session_id,
            staff_id,
            kind,
            page_url,
            now(),
        )
    return action_id


async def note_outcome(
    session: Session, *, session_id: UUID, action_id: UUID, outcome: str, reason: str, target: str
) -> None:
    """The action's record says what became of it, and in which element; the first word counts."""
    await session.execute(
        "UPDATE cobrowse_action SET outcome = $3, reason = $4, target = $5"
        " WHERE id = $2 AND session_id = $1 AND outcome = 'sent'",
        session_id,
        action_id,
        outcome,
        reason,
        target,
    )
