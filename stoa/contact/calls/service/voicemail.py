"""A message is left when nobody is there."""

from dataclasses import replace
from uuid import UUID

from stoa.contact.calls import rules
from stoa.contact.calls.models import Call, CallState, EndReason
from stoa.contact.calls.queries import customer_call, settings_of
from stoa.contact.calls.recordings.storing import begin, of_call
from stoa.contact.calls.schemas import CustomerCall
from stoa.contact.calls.service.board import Board, Desk, open_board
from stoa.contact.calls.service.people import require_owner
from stoa.contact.calls.service.settling import settle
from stoa.contact.calls.voicemail import begin_voicemail
from stoa.platform.database.session import Session


async def leave_voicemail(
    session: Session, *, desk: Desk, call_id: UUID, visitor_id: UUID
) -> CustomerCall:
    """The customer hears what to do and a tone; nobody is rung any more.

    Raises:
        NotFound: no such call of this visitor.
        CallOver, NotPossibleNow: it does not wait, or there is somebody who may answer.
    """
    board = await open_board(session, ids=[call_id])
    call = board.get(call_id)
    require_owner(call, visitor_id)
    settings = await settings_of(session, shop_id=call.shop_id)
    board.put(begin_voicemail(call, is_offered=settings.voicemail, at=board.at))
    await settle(board, desk)
    return await customer_call(session, call_id=call_id)


async def tone_heard(session: Session, *, call_id: UUID) -> None:
    """Whatever the customer says from now on is the message. Once in a call."""
    board = await open_board(session, ids=[call_id], is_whole=False)
    call = board.calls.get(call_id)
    if call is None or call.state is not CallState.VOICEMAIL:
        return
    if not await of_call(session, call_id=call_id):
        await begin(session, call_id=call_id, kind="voicemail")
        board.touch(call_id)
        await settle(board, Desk())


async def finish_voicemail(
    session: Session, *, desk: Desk, call_id: UUID, visitor_id: UUID
) -> CustomerCall:
    """The message is left, and the call over. Whoever leaves before the tone has left none.

    Raises:
        NotFound: no such call of this visitor.
    """
    board = await open_board(session, ids=[call_id])
    call = board.get(call_id)
    require_owner(call, visitor_id)
    if call.state is CallState.VOICEMAIL:
        board.put(rules.customer_leaves(call, at=board.at))
        await without_message(board, call)
        await settle(board, desk)
    return await customer_call(session, call_id=call_id)


async def message_over(session: Session, *, call_id: UUID) -> None:
    """The message is as long as one may be, and the call over."""
    board = await open_board(session, ids=[call_id], is_whole=False)
    call = board.calls.get(call_id)
    if call is not None and call.state is CallState.VOICEMAIL:
        board.put(rules.end(call, reason=EndReason.VOICEMAIL, at=board.at))
        await settle(board, Desk())


async def without_message(board: Board, before: Call) -> None:
    """Who left before the tone has left no message, and the call says so."""
    call = board.get(before.id)
    if before.state is not CallState.VOICEMAIL or call.end_reason is not EndReason.VOICEMAIL:
        return
    if not await of_call(board.session, call_id=call.id):
        board.put(replace(call, end_reason=EndReason.ABANDONED))
