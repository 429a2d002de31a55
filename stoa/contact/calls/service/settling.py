"""What follows from a change: whom the queue rings now, what is stored, and who is told."""

from dataclasses import replace
from datetime import datetime
from uuid import UUID

import structlog

from stoa.contact.calls import metrics
from stoa.contact.calls.events import CALLS_TOPIC, CallChanged, CallListed
from stoa.contact.calls.models import Agent, Call, CallState, Offer, OfferKind, OfferState
from stoa.contact.calls.queries import (
    CHANNEL,
    customer_calls,
    get_rows,
    load_agents,
    settings_of,
)
from stoa.contact.calls.recordings.following import follow_recording
from stoa.contact.calls.ringing import choose, rings_by_queue
from stoa.contact.calls.rules import offer_to, unattended, waits
from stoa.contact.calls.service.board import Board, Desk, places_in_queue
from stoa.contact.calls.service.cards import add_card, refresh_card
from stoa.contact.calls.service.storing import store
from stoa.contact.calls.service.supervisors import tell_supervisors
from stoa.contact.channels.queries import situation_of
from stoa.contact.conversations.service import assign_caller, publish_change
from stoa.people.hearing import visitor_topic
from stoa.platform.database.session import Session
from stoa.platform.ids import new_id

log = structlog.get_logger()


async def settle(board: Board, desk: Desk) -> None:
    """The queue rings whom it can, the changed calls are stored, and everybody will be told."""
    session = board.session
    if board.is_whole:
        await _ring(board, desk)
    changed = board.changed()
    if not changed:
        return
    answered_shops: set[UUID] = set()
    assigned = []
    for call in changed:
        before = board.before.get(call.id)
        await store(session, before=before, after=call)
        await follow_recording(session, before=before, after=call)
        await tell_supervisors(session, before=before, after=call)
        if await _note_answer(session, before=before, after=call):
            answered_shops.add(call.shop_id)
        if await _assign(session, before=before, after=call):
            assigned.append(call.conversation_id)
        _count(session, before=before, after=call)
    moved = await _moved(board, changed, answered_shops)
    await _tell(board, changed, moved)
    for conversation_id in assigned:
        await publish_change(session, conversation_id=conversation_id)


async def _tell(board: Board, changed: list[Call], moved: list[UUID]) -> None:
    """Desks and customers see the calls as they are, and so do their cards."""
    session = board.session
    ids = [call.id for call in changed]
    listed = [CallListed(call=row) for row in await get_rows(session, ids=ids)]
    customers = await customer_calls(session, ids=ids + moved)
    fresh = next((call for call in changed if call.id not in board.before), None)
    if fresh is not None:
        # A new card takes its number of the conversation's topic at once, which sorts after ours.
        await session.publish_now([(CALLS_TOPIC, event) for event in listed])
        await add_card(session, call=fresh)
    else:
        for event in listed:
            session.publish(event, topics=[CALLS_TOPIC])
    for call in changed:
        if call is not fresh:
            await refresh_card(session, call=call)
    for visitor_id, view in customers:
        session.publish(CallChanged(call=view), topics=[visitor_topic(visitor_id)])


# ---- the queue ----------------------------------------------------------------------------------


async def _ring(board: Board, desk: Desk) -> None:
    """Waiting calls ring whoever is free. With a new call only that one, for the cards of others
    must not change in a transaction that holds a conversation's topic.
    """
    is_new = any(call_id not in board.before for call_id in board.calls)
    targets = [
        call
        for call in board.calls.values()
        if rings_by_queue(call) and (call.id not in board.before or not is_new)
    ]
    shops = {call.shop_id for call in targets}
    settings = {id_: await settings_of(board.session, shop_id=id_) for id_ in shops}
    staffed = {id_ for id_ in shops if await _is_staffed(board, desk, shop_id=id_)}
    targets = [unattended(call, is_so=call.shop_id not in staffed, at=board.at) for call in targets]
    for call in targets:
        board.put(call)
    waiting = [call for call in targets if call.shop_id in staffed]
    at_once = {id_: settings[id_].ring_at_once for id_ in staffed}
    agents = await _agents(board, desk, waiting)
    for ring in choose(waiting, agents, at_once=at_once, at=board.at):
        call = board.get(ring.call_id)
        until = settings[call.shop_id].rings_until(board.at)
        offer = make_offer(ring.agent, kind=OfferKind.QUEUE, at=board.at, until=until)
        board.put(offer_to(call, offer))
    for call in targets:
        board.put(waits(board.get(call.id), at=board.at))


async def _is_staffed(board: Board, desk: Desk, *, shop_id: UUID) -> bool:
    """The shop is open and somebody is there, if only talking to somebody else."""
    situation = await situation_of(board.session, shop_id=shop_id, available=desk.available)
    return situation.is_within_hours(CHANNEL) and bool(desk.available)


async def _agents(board: Board, desk: Desk, waiting: list[Call]) -> list[Agent]:
    """Whoever is available, as they stand after the changes of this transaction."""
    if not waiting:
        return []
    ids = {call.id for call in waiting}
    calls = board.calls.values()
    busy = board.busy() | {
        offer.staff_id for call in calls if call.id not in ids for offer in call.open_offers
    }
    left = {
        leg.staff_id: leg.left_at for call in calls for leg in call.legs if leg.left_at is not None
    }
    agents = await load_agents(board.session, ids=desk.available)
    return [
        replace(
            agent,
            is_busy=agent.id in busy,
            idle_since=max(
                (at for at in (agent.idle_since, left.get(agent.id)) if at is not None),
                default=None,
            ),
        )
        for agent in agents
    ]


def make_offer(
    agent: Agent,
    *,
    kind: OfferKind,
    at: datetime,
    until: datetime,
    by_staff_id: UUID | None = None,
) -> Offer:
    """An open offer to this agent."""
    return Offer(
        id=new_id(),
        staff_id=agent.id,
        name=agent.name,
        kind=kind,
        by_staff_id=by_staff_id,
        state=OfferState.OFFERED,
        offered_at=at,
        until=until,
        answered_at=None,
    )


async def _moved(board: Board, changed: list[Call], answered_shops: set[UUID]) -> list[UUID]:
    """Others who wait, and whose place or expected wait is another now."""
    if not board.is_whole:
        return []
    places = await places_in_queue(board.session)
    known = {call.id for call in changed}
    moved = [
        call_id
        for call_id, place in places.items()
        if call_id not in known
        and (
            board.places.get(call_id) != place
            or (call_id in board.calls and board.calls[call_id].shop_id in answered_shops)
        )
    ]
    if moved:
        await board.session.execute(
            "UPDATE call SET moves = moves + 1 WHERE id = ANY($1::uuid[])", moved
        )
    return moved


# ---- what else follows --------------------------------------------------------------------------


async def _note_answer(session: Session, *, before: Call | None, after: Call) -> bool:
    """The first answer of a customer's call counts for the expected wait of the others."""
    if before is None or before.answered_at is not None or after.answered_at is None:
        return False
    if after.direction != "inbound" or after.queued_at is None:
        return False
    await session.execute(
        "INSERT INTO answer_time"
        " (id, shop_id, conversation_id, channel, asked_at, answered_at, was_first, staff_id)"
        " VALUES ($1, $2, $3, $4, $5, $6,"
        " NOT EXISTS (SELECT FROM answer_time t WHERE t.conversation_id = $3), $7)",
        new_id(),
        after.shop_id,
        after.conversation_id,
        CHANNEL,
        after.queued_at,
        after.answered_at,
        after.agent_legs[0].staff_id if after.agent_legs else None,
    )
    return True


async def _assign(session: Session, *, before: Call | None, after: Call) -> bool:
    """Whoever speaks with the customer has the conversation, also after a transfer."""
    if after.state is not CallState.ACTIVE or before is None or not after.agent_legs:
        return False
    left = next(
        (leg.staff_id for leg in reversed(after.legs) if leg.staff_id and not leg.is_in), None
    )
    speaking = after.agent_legs[0].staff_id
    if speaking is None or (before.agent_legs and before.agent_legs[0].staff_id == speaking):
        return False
    return await assign_caller(
        session, conversation_id=after.conversation_id, staff_id=speaking, instead_of=left
    )


def _count(session: Session, *, before: Call | None, after: Call) -> None:
    """Metrics and the log, once it is committed."""
    was = before.state if before else None
    if was is after.state:
        return

    def note() -> None:
        log.info("call.changed", call=str(after.id), state=after.state, reason=after.end_reason)
        if before is None:
            metrics.STARTED.labels(direction=after.direction).inc()
        if after.answered_at and (before is None or before.answered_at is None):
            metrics.ANSWERED.labels(direction=after.direction).inc()
            waited = after.answered_at - (after.queued_at or after.created_at)
            metrics.WAITED.observe(waited.total_seconds())
        if after.end_reason is not None:
            metrics.ENDED.labels(reason=after.end_reason).inc()

    session.after_commit(note)
