"""Reads about co-browsing."""

from datetime import datetime, timedelta
from uuid import UUID

import structlog
from pydantic import ValidationError

from stoa.contact.cobrowse.errors import CobrowseOver
from stoa.contact.cobrowse.models import ANSWER_SECONDS, GONE_SECONDS, EndReason, LockedSession
from stoa.contact.cobrowse.schemas import (
    ActionView,
    CobrowseLook,
    CobrowseView,
    CurrentCobrowseView,
    MaskingRules,
)
from stoa.people.hearing import visitor_topic
from stoa.platform.database.session import ReadSession, Row, Session
from stoa.platform.errors import NotFound
from stoa.platform.outbox.log import topic_position

log = structlog.get_logger()

_VIEW = """SELECT c.id, c.shop_id, c.conversation_id, c.visitor_id, c.staff_id,
    s.name AS staff_name, c.state, c.end_reason, c.control, c.asked_at, c.answered_at, c.ended_at,
    c.version, c.message_id FROM cobrowse_session c JOIN staff s ON s.id = c.staff_id"""


def _view_of(row: Row) -> CobrowseView:
    return CobrowseView.model_validate(dict(row))


async def get_session(session: ReadSession, *, session_id: UUID) -> CobrowseView:
    """Raises:
    NotFound: there is none.
    """
    row = await session.fetch_one(f"{_VIEW} WHERE c.id = $1", session_id)
    if row is None:
        raise NotFound()
    return _view_of(row)


async def remembered_session(session: ReadSession, *, session_id: UUID) -> CobrowseView:
    """As `get_session`, without asking the database again before the session changes.

    Raises:
        NotFound: there is none.
    """

    async def load() -> CobrowseView:
        return await get_session(session, session_id=session_id)

    return await session.remember(session_key(session_id), load, until={"cobrowse.changed"})


def session_key(session_id: UUID) -> tuple[str, UUID]:
    return ("cobrowse", session_id)


async def lock_session(
    session: Session,
    *,
    session_id: UUID,
    visitor_id: UUID | None = None,
    staff_id: UUID | None = None,
) -> LockedSession:
    """The session is this transaction's to change.

    Raises:
        NotFound: there is none, or it is not this visitor's, or not this agent's.
    """
    row = await session.fetch_one(
        f"{_VIEW} WHERE c.id = $1 AND ($2::uuid IS NULL OR c.visitor_id = $2)"
        " AND ($3::uuid IS NULL OR c.staff_id = $3) FOR UPDATE OF c",
        session_id,
        visitor_id,
        staff_id,
    )
    if row is None:
        raise NotFound()
    return LockedSession(view=_view_of(row), message_id=row["message_id"])


async def lock_live_session(session: Session, *, visitor_id: UUID) -> CobrowseView | None:
    """The visitor's session that was asked for or runs, if there is one."""
    row = await session.fetch_one(
        f"{_VIEW} WHERE c.visitor_id = $1 AND c.state <> 'ended' FOR UPDATE OF c", visitor_id
    )
    return _view_of(row) if row else None


async def overdue_sessions(session: Session, *, now: datetime) -> list[tuple[UUID, EndReason]]:
    """What is to end and why, locked: the conversation was closed, nobody answered the question, or
    the customer has left.

    What another node is ending at this moment is left to it.
    """
    rows = await session.fetch(
        "SELECT s.id, CASE WHEN c.state = 'closed' THEN 'closed'"
        " WHEN s.state = 'asked' THEN 'expired' ELSE 'gone' END AS reason"
        " FROM cobrowse_session s JOIN conversation c ON c.id = s.conversation_id"
        " WHERE s.state <> 'ended' AND (c.state = 'closed'"
        " OR CASE s.state WHEN 'asked' THEN s.asked_at < $1 ELSE s.seen_at < $2 END)"
        " ORDER BY s.id LIMIT 100 FOR UPDATE OF s SKIP LOCKED",
        now - timedelta(seconds=ANSWER_SECONDS),
        now - timedelta(seconds=GONE_SECONDS),
    )
    return [(row["id"], EndReason(row["reason"])) for row in rows]


async def action_count(session: ReadSession, *, session_id: UUID) -> int:
    """How often the agent did something in the customer's page."""
    count = await session.fetch_value(
        "SELECT count(*) FROM cobrowse_action WHERE session_id = $1 AND outcome = 'done'",
        session_id,
    )
    assert isinstance(count, int)
    return count


async def list_actions(session: ReadSession, *, session_id: UUID) -> list[ActionView]:
    """What the agent did or tried in the customer's page, oldest first.

    Raises:
        NotFound: there is no such session.
    """
    await get_session(session, session_id=session_id)
    rows = await session.fetch(
        "SELECT id, kind, target, page_url, outcome, reason, at FROM cobrowse_action"
        " WHERE session_id = $1 ORDER BY at, id",
        session_id,
    )
    return [ActionView.model_validate(dict(row)) for row in rows]


async def masking_rules(session: ReadSession, *, shop_id: UUID) -> MaskingRules:
    """The shop's rules. Those that cannot be read let no text through."""
    stored = await session.fetch_value(
        "SELECT settings -> 'cobrowse' FROM shop WHERE id = $1", shop_id
    )
    try:
        return MaskingRules.model_validate(stored or {})
    except ValidationError:
        log.error("cobrowse.rules_unreadable", shop_id=str(shop_id))
        return MaskingRules(mask_text=True)


async def current_session(session: ReadSession, *, visitor_id: UUID) -> CurrentCobrowseView:
    """What the visitor's pages have to know, once they are there. The seq is read first: an event
    that comes again on top changes nothing.
    """
    seq, _ = await topic_position(session, topic=visitor_topic(visitor_id))
    row = await session.fetch_one(
        f"{_VIEW} WHERE c.visitor_id = $1 AND c.state <> 'ended'", visitor_id
    )
    view = _view_of(row) if row else None
    rules = await masking_rules(session, shop_id=view.shop_id) if view else MaskingRules()
    return CurrentCobrowseView(session=view, rules=rules, seq=seq, visitor_id=visitor_id)


async def newest_session(session: ReadSession, *, conversation_id: UUID) -> CobrowseLook:
    """What a desk that was just opened has to know.

    Raises:
        NotFound: no such conversation.
    """
    found = await session.fetch_one(
        "SELECT visitor_id FROM conversation WHERE id = $1", conversation_id
    )
    if found is None:
        raise NotFound()
    visitor_id = found["visitor_id"]
    seq = 0
    if visitor_id is not None:
        seq, _ = await topic_position(session, topic=visitor_topic(visitor_id))
    row = await session.fetch_one(
        f"{_VIEW} WHERE c.conversation_id = $1 ORDER BY c.asked_at DESC, c.id DESC LIMIT 1",
        conversation_id,
    )
    return CobrowseLook(session=_view_of(row) if row else None, visitor_id=visitor_id, seq=seq)


def require_active(view: CobrowseView) -> None:
    """Raises:
    CobrowseOver: the customer has not agreed, or it has ended.
    """
    if view.state != "active":
        raise CobrowseOver()
