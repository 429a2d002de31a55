"""Reads about walks."""

from datetime import datetime, timedelta
from uuid import UUID

from stoa.assist.walks.models import ANSWER_SECONDS, PAUSE_SECONDS, LockedWalk, WalkState
from stoa.assist.walks.schemas import CurrentWalkView, WalkView
from stoa.people.hearing import visitor_topic
from stoa.platform.database.session import ReadSession, Row, Session
from stoa.platform.errors import NotFound
from stoa.platform.outbox.log import topic_position

_VIEW = """SELECT w.id, w.conversation_id, w.visitor_id, w.staff_id, s.name AS staff_name, w.state,
    w.title, w.url, w.step, w.asked_at, w.answered_at, w.ended_at, w.version
    FROM walk w JOIN staff s ON s.id = w.staff_id"""
_LIVE = "state IN ('asked', 'walking')"
_LOCKED = """SELECT id, shop_id, conversation_id, visitor_id, staff_id, message_id, state,
    first_title FROM walk"""


async def walk_view(session: ReadSession, *, walk_id: UUID) -> WalkView:
    """Raises:
    NotFound: there is none.
    """
    row = await session.fetch_one(f"{_VIEW} WHERE w.id = $1", walk_id)
    if row is None:
        raise NotFound()
    return WalkView.model_validate(dict(row))


async def lock_walk(
    session: Session,
    *,
    walk_id: UUID,
    visitor_id: UUID | None = None,
    staff_id: UUID | None = None,
) -> LockedWalk:
    """The walk is this transaction's to change.

    Raises:
        NotFound: there is none, or it is not this visitor's, or not this agent's.
    """
    row = await session.fetch_one(
        f"{_LOCKED} WHERE id = $1 AND ($2::uuid IS NULL OR visitor_id = $2)"
        " AND ($3::uuid IS NULL OR staff_id = $3) FOR UPDATE",
        walk_id,
        visitor_id,
        staff_id,
    )
    if row is None:
        raise NotFound()
    return _locked(row)


async def lock_live_walk(session: Session, *, visitor_id: UUID) -> LockedWalk | None:
    """The visitor's walk that was asked for or is under way, if there is one."""
    row = await session.fetch_one(
        f"{_LOCKED} WHERE visitor_id = $1 AND {_LIVE} FOR UPDATE", visitor_id
    )
    return _locked(row) if row else None


async def lock_overdue_walks(session: Session, *, now: datetime) -> list[LockedWalk]:
    """Questions nobody answered and walks that stand still. What another node ends at this moment
    is left to it.
    """
    rows = await session.fetch(
        f"{_LOCKED} WHERE CASE state WHEN 'asked' THEN moved_at < $1 WHEN 'walking'"
        " THEN moved_at < $2 ELSE false END ORDER BY id LIMIT 100 FOR UPDATE SKIP LOCKED",
        now - timedelta(seconds=ANSWER_SECONDS),
        now - timedelta(seconds=PAUSE_SECONDS),
    )
    return [_locked(row) for row in rows]


def _locked(row: Row) -> LockedWalk:
    values = dict(row)
    values["state"] = WalkState(row["state"])
    return LockedWalk(**values)


async def current_walk(session: ReadSession, *, visitor_id: UUID) -> CurrentWalkView:
    """What the visitor's pages have to know. The seq is read first: an event that comes again on
    top changes nothing.
    """
    seq, _ = await topic_position(session, topic=visitor_topic(visitor_id))
    row = await session.fetch_one(f"{_VIEW} WHERE w.visitor_id = $1 AND w.{_LIVE}", visitor_id)
    walk = WalkView.model_validate(dict(row)) if row else None
    return CurrentWalkView(walk=walk, visitor_id=visitor_id, seq=seq)


async def walk_of_conversation(session: ReadSession, *, conversation_id: UUID) -> CurrentWalkView:
    """What a desk that was just opened has to know: the walk of the conversation's visitor.

    Raises:
        NotFound: no such conversation.
    """
    found = await session.fetch_one(
        "SELECT visitor_id FROM conversation WHERE id = $1", conversation_id
    )
    if found is None:
        raise NotFound()
    if found["visitor_id"] is None:
        return CurrentWalkView(walk=None, visitor_id=None, seq=0)
    return await current_walk(session, visitor_id=found["visitor_id"])
