"""Conversations that wait come to whom they belong: placed, given out, taken back, moved on.

Whoever does one of these holds one lock over all nodes until the transaction ends, so nobody is
given two conversations for one place, and no conversation to two people.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from uuid import UUID

from stoa.contact.conversations.service import Place, Told, route_conversation
from stoa.contact.routing.metrics import STEPS
from stoa.contact.routing.models import Assignment, Floor, Queue
from stoa.contact.routing.queries import (
    WAITS,
    abandoned,
    load_agents,
    load_floor,
    overdue,
    turns_of,
    unassigned,
    unplaced,
)
from stoa.contact.routing.rules import assign, queue_for
from stoa.platform.database.session import Session

_LOCK = 0x726F757465  # "route": one at a time, over all nodes
# Few at once: whoever writes a message into one of them waits until all of them are committed.
AT_ONCE = 4
PLACED_AT_ONCE = 20


@dataclass(frozen=True, slots=True)
class Desk:
    """Who is there at this moment. `gone_since` says of somebody who is not, since when."""

    at: datetime
    available: frozenset[UUID]
    gone_since: Callable[[UUID], datetime]


@dataclass(frozen=True, slots=True)
class _Held:
    """A conversation as it stands now that it is locked: whoever had it until then may have passed
    it on, which is not to be undone by what was decided before."""

    place: Place
    queue_id: UUID | None
    put_back_by: UUID | None


class Busy(Exception):
    """Another node is at it."""


async def hold_routing(session: Session) -> None:
    """Nobody else routes, or changes how that is done, until the transaction ends."""
    await session.execute("SELECT pg_advisory_xact_lock($1)", _LOCK)


async def route_waiting(session: Session, *, desk: Desk) -> int:
    """Some of what waits has moved one step on; returns how many, 0 when nothing is left to do.

    Raises:
        Busy: another node is doing the same; nothing was changed.
    """
    if not await session.fetch_value("SELECT pg_try_advisory_xact_lock($1)", _LOCK):
        raise Busy()
    floor = await load_floor(session)
    if not floor.teams:
        return 0
    for name, step in _STEPS.items():
        if count := await step(session, floor, desk):
            session.after_commit(partial(STEPS.labels(name).inc, count))
            return count
    return 0


async def _place(session: Session, floor: Floor, _desk: Desk) -> int:
    """Conversations are in the queue they belong to; whoever has one already keeps it."""
    found = {
        conversation_id: queue
        for conversation_id, origin in (await unplaced(session)).items()
        if (queue := queue_for(origin, floor)) is not None
    }
    some = dict(list(found.items())[:PLACED_AT_ONCE])
    held = await _lock_waiting(session, some)
    for one in held:
        place = one.place
        is_lost = one.queue_id not in floor.queues and place.assignee_id is None
        if one.queue_id is None or is_lost:
            queue = some[place.id]
            await _route(session, place, queue, assignee_id=place.assignee_id, told=None)
    return len(held)


async def _take_back(session: Session, floor: Floor, desk: Desk) -> int:
    """What waits with somebody who has been gone for longer than the queue allows is the queue's
    again."""
    due = {
        one.id: one
        for one in await abandoned(session, available=desk.available)
        if max(desk.gone_since(one.assignee_id), one.waiting_since)
        + timedelta(seconds=one.return_seconds)
        <= desk.at
    }
    held = await _lock_waiting(session, list(due)[:AT_ONCE])
    queues = floor.queues
    for each in held:
        place, one = each.place, due[each.place.id]
        if (place.assignee_id, each.queue_id) == (one.assignee_id, one.queue_id):
            told = Told("returned", staff_name=one.assignee_name)
            await _route(session, place, queues[one.queue_id], assignee_id=None, told=told)
    return len(held)


async def _move_on(session: Session, floor: Floor, desk: Desk) -> int:
    """What nobody took in its queue's time waits in the next one; who left it unread is not given
    it there again."""
    due = await overdue(session, at=desk.at, limit=AT_ONCE)
    held = await _lock_waiting(session, due)
    for each in held:
        place, one = each.place, due[each.place.id]
        if (place.assignee_id, each.queue_id) == (one.assignee_id, one.from_id):
            queue = floor.queues[one.queue_id]
            await route_conversation(
                session,
                place=place,
                queue_id=queue.id,
                team_id=queue.team_id,
                assignee_id=None,
                told=Told("moved", team_name=floor.team_of(queue.id).name),
                put_back_by=one.assignee_id,
            )
    return len(held)


async def _give_out(session: Session, floor: Floor, desk: Desk) -> int:
    """Whoever has room has what waits for them by the queue's rule."""
    waiting = await unassigned(session, weights=floor.weights)
    if not waiting:
        return 0
    queues, members = floor.queues, floor.members
    serving = frozenset().union(
        *(members[queue_id] for queue_id in {one.queue_id for one in waiting})
    )
    agents = await load_agents(
        session, ids=serving & desk.available, weights=floor.weights, at=desk.at
    )
    turns = await turns_of(session, queue_ids={one.queue_id for one in waiting})
    given = assign(waiting, queues=queues, members=members, agents=agents, turns=turns)
    chosen = {one.conversation_id: one for one in given[:AT_ONCE]}
    held = await _lock_waiting(session, chosen)
    for each in held:
        place, one = each.place, chosen[each.place.id]
        is_as_seen = place.assignee_id is None and each.queue_id == one.queue_id
        if is_as_seen and each.put_back_by != one.agent.id:
            told = Told("routed", staff_name=one.agent.name)
            await _route(session, place, queues[one.queue_id], assignee_id=one.agent.id, told=told)
            await _note_turn(session, one)
    return len(held)


# In this order: what was taken back or moved on is given out right after.
_STEPS = {
    "placed": _place,
    "taken_back": _take_back,
    "moved_on": _move_on,
    "given_out": _give_out,
}


async def _lock_waiting(session: Session, ids: Iterable[UUID]) -> list[_Held]:
    """Those that still wait are this transaction's, in the order in which everybody locks them."""
    rows = await session.fetch(
        "SELECT c.id, c.shop_id, c.channel, c.visitor_id, c.state, c.assignee_id, c.queue_id,"
        " c.put_back_by"
        f" FROM conversation c WHERE c.id = ANY($1::uuid[]) AND {WAITS} ORDER BY c.id"
        " FOR NO KEY UPDATE",
        list(ids),
    )
    return [
        _Held(queue_id=row.pop("queue_id"), put_back_by=row.pop("put_back_by"), place=Place(**row))
        for row in map(dict, rows)
    ]


async def _route(
    session: Session, place: Place, queue: Queue, *, assignee_id: UUID | None, told: Told | None
) -> None:
    await route_conversation(
        session,
        place=place,
        queue_id=queue.id,
        team_id=queue.team_id,
        assignee_id=assignee_id,
        told=told,
    )


async def _note_turn(session: Session, given: Assignment) -> None:
    await session.execute(
        "INSERT INTO queue_turn (queue_id, staff_id, turn) VALUES ($1, $2, $3)"
        " ON CONFLICT (queue_id, staff_id) DO UPDATE SET turn = EXCLUDED.turn",
        given.queue_id,
        given.agent.id,
        given.turn,
    )
