"""Supervisors come and go within a call, and other supervisors see it."""

from typing import Literal, assert_never
from uuid import UUID

from stoa.contact.calls.models import Call
from stoa.contact.calls.schemas import CallJoined
from stoa.contact.calls.service.board import Desk, open_board
from stoa.contact.calls.service.people import require_free
from stoa.contact.calls.service.settling import settle
from stoa.contact.calls.supervision import Supervising, listeners, supervise
from stoa.contact.calls.transfers import agent_leaves
from stoa.people.identity.models import Staff
from stoa.people.identity.service import record_audit
from stoa.platform.database.session import Session
from stoa.platform.errors import NotFound
from stoa.platform.ids import new_id

Audited = Literal["call.listened", "call.whispered", "call.joined", "call.took_over", "call.left"]


def _act(how: Supervising) -> Audited:
    match how:
        case "listen":
            return "call.listened"
        case "whisper":
            return "call.whispered"
        case "join":
            return "call.joined"
        case "take_over":
            return "call.took_over"
        case _ as unknown:
            assert_never(unknown)


async def supervise_call(
    session: Session,
    *,
    desk: Desk,
    call_id: UUID,
    staff: Staff,
    connection_id: str,
    how: Supervising,
) -> CallJoined:
    """The supervisor is in the call so, and the audit knows.

    Raises:
        NotFound: no such call.
        CallOver, NotPossibleNow: nobody talks, or who asks is its agent already.
        InAnotherCall: who asks is in another one.
    """
    board = await open_board(session, ids=[call_id])
    call = board.get(call_id)
    if call.leg_of(staff.id) is None:
        require_free(board, staff.id)
    supervised = supervise(
        call,
        staff_id=staff.id,
        name=staff.name,
        how=how,
        leg_id=new_id(),
        connection_id=connection_id,
        at=board.at,
    )
    if supervised != call:
        board.put(supervised)
        await _audit(session, call=call, staff_id=staff.id, act=_act(how))
        await settle(board, desk)
    leg = supervised.leg_of(staff.id)
    assert leg is not None
    return CallJoined(call_id=call_id, leg_id=leg.id)


async def stop_supervising(
    session: Session, *, desk: Desk, call_id: UUID, staff_id: UUID
) -> CallJoined:
    """The supervisor is out; the leg is the one they had.

    Raises:
        NotFound: not a supervisor in this call.
    """
    board = await open_board(session, ids=[call_id])
    call = board.get(call_id)
    leg = next((leg for leg in listeners(call) if leg.staff_id == staff_id), None)
    if leg is None:
        raise NotFound()
    board.put(agent_leaves(call, leg_id=leg.id, at=board.at))
    await _audit(session, call=call, staff_id=staff_id, act="call.left")
    await settle(board, desk)
    return CallJoined(call_id=call_id, leg_id=leg.id)


async def _audit(session: Session, *, call: Call, staff_id: UUID, act: Audited) -> None:
    await record_audit(session, staff_id=staff_id, action=act, subject=f"call:{call.id}")
