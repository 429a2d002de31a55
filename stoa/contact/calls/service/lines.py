"""Lines come, break and come back; time ends what nobody ends."""

from collections.abc import Collection
from dataclasses import replace
from typing import Literal
from uuid import UUID

from stoa.contact.calls import rules
from stoa.contact.calls.models import Call, CallState, LegState
from stoa.contact.calls.service.board import Desk, open_board, open_board_if_free
from stoa.contact.calls.service.people import leg_of
from stoa.contact.calls.service.settling import settle
from stoa.contact.calls.service.voicemail import without_message
from stoa.contact.calls.sweeping import sweep, without_page
from stoa.contact.conversations.models import Sender
from stoa.platform.database.session import Session
from stoa.platform.errors import NotFound

_NOBODY = Desk()


async def speak_from(
    session: Session,
    *,
    call_id: UUID,
    leg_id: UUID,
    by: Sender,
    connection_id: str,
    media_node: str | None,
) -> Call:
    """This page speaks for the leg from now on. A call without a node that carries its sound is
    carried by `media_node`.

    Raises:
        NotFound: not this person's leg.
        CallOver: the call has ended.
    """
    board = await open_board(session, ids=[call_id], is_whole=False)
    call = board.get(call_id)
    if leg_of(call, by).id != leg_id:
        raise NotFound()
    call = rules.speaks_from(call, leg_id=leg_id, connection_id=connection_id, at=board.at)
    call = replace(call, media_node=call.media_node or media_node)
    board.put(call)
    await settle(board, _NOBODY)
    return call


async def come_back(
    session: Session, *, call_id: UUID, visitor_id: UUID, connection_id: str
) -> None:
    """The customer's page is there again, if none spoke for them."""
    board = await open_board(session, ids=[call_id], is_whole=False)
    call = board.get(call_id)
    leg = call.customer_leg
    if call.visitor_id == visitor_id and leg is not None and leg.state is LegState.AWAY:
        board.put(rules.speaks_from(call, leg_id=leg.id, connection_id=connection_id, at=board.at))
        await settle(board, _NOBODY)


async def line_is(
    session: Session,
    *,
    call_id: UUID,
    leg_id: UUID,
    state: Literal[LegState.CONNECTED, LegState.AWAY],
) -> None:
    """The leg's sound came, or broke. Whoever still waits keeps their place without sound as long
    as their page is there. Of a call or leg that is gone nothing changes.
    """
    board = await open_board(session, ids=[call_id], is_whole=False)
    call = board.calls.get(call_id)
    if call is None or call.is_over:
        return
    is_away = state is LegState.AWAY
    is_patient = call.is_waiting or call.state is CallState.CALLING
    board.put(
        rules.line_is(
            call,
            leg_id=leg_id,
            state=LegState.JOINING if is_away and is_patient else state,
            at=board.at,
        )
    )
    await settle(board, _NOBODY)


async def page_gone(session: Session, *, connection_id: str) -> None:
    """The page that spoke for a leg is closed, or on its way to the next one."""
    found = await session.fetch_value(
        "SELECT call_id FROM call_leg WHERE connection_id = $1 AND state <> 'left'", connection_id
    )
    if found is None:
        return
    board = await open_board(session, ids=[found], is_whole=False)
    call = board.get(found)
    for leg in call.legs_in:
        if leg.connection_id == connection_id:
            call = rules.line_is(call, leg_id=leg.id, state=LegState.AWAY, at=board.at)
    board.put(call)
    await settle(board, _NOBODY)


async def sound_failed(session: Session, *, desk: Desk, call_id: UUID) -> None:
    """The process that carried the call is gone: who talked is told, who waits keeps waiting."""
    board = await open_board(session, ids=[call_id])
    call = board.calls.get(call_id)
    if call is None or call.is_over:
        return
    board.put(rules.without_sound(call, at=board.at))
    await settle(board, desk)


async def nodes_gone(session: Session, *, desk: Desk, gone: Collection[str]) -> None:
    """Calls that these nodes carried have no sound any more, and their pages have time to come
    back. Calls of a node that came while this waited for the lock are not touched.
    """
    board = await open_board(session)
    for call in list(board.calls.values()):
        if call.media_node in gone:
            call = rules.without_sound(call, at=board.at)
        for leg in call.legs_in:
            if leg.connection_id and leg.connection_id.partition(":")[0] in gone:
                call = without_page(call, leg, at=board.at)
        board.put(call)
    await settle(board, desk)


async def sweep_calls(session: Session, *, desk: Desk) -> bool:
    """What is due by now has happened, and the queue rings on. False: somebody else is at it."""
    board = await open_board_if_free(session)
    if board is None:
        return False
    for call in list(board.calls.values()):
        board.put(sweep(call, at=board.at, available=desk.available))
        await without_message(board, call)
    await settle(board, desk)
    return True
