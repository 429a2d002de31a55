"""Recording begins and ends, and the customer has the last word on it."""

from collections.abc import Collection
from uuid import UUID

from stoa.contact.calls.errors import NotPossibleNow
from stoa.contact.calls.models import Call, Mode
from stoa.contact.calls.queries import customer_call, get_row, settings_of
from stoa.contact.calls.recordings import rules
from stoa.contact.calls.recordings.consents import customer_agrees, note_customer, note_staff
from stoa.contact.calls.recordings.errors import StillRecording
from stoa.contact.calls.recordings.listening import DELETED, WITHDRAWN, subject_of
from stoa.contact.calls.recordings.storing import delete, get_recording, of_call
from stoa.contact.calls.schemas import CallRow, CustomerCall
from stoa.contact.calls.service.board import Board, Desk, open_board
from stoa.contact.calls.service.people import leg_of, require_owner
from stoa.contact.calls.service.settling import settle
from stoa.contact.conversations.models import Sender
from stoa.people.consent.models import ConsentState, How
from stoa.people.identity.service import record_audit
from stoa.platform.database.session import Session
from stoa.platform.errors import NotFound

# Recording changes nothing about the queue.
_NOBODY = Desk()


async def record_call(session: Session, *, call_id: UUID, staff_id: UUID, is_on: bool) -> CallRow:
    """The customer is asked or told, as the shop has decided, and this member of staff agrees to
    be recorded. With `is_on` false the recording is over, and kept.

    Raises:
        NotFound: not in this call.
        CallOver, NotPossibleNow: nobody talks, or who asks only listens.
        RecordingOff: the shop records nothing.
        RecordingRefused: the customer has said no.
    """
    board = await open_board(session, ids=[call_id], is_whole=False)
    call = board.get(call_id)
    leg = leg_of(call, Sender(staff_id=staff_id))
    if leg.mode is not Mode.TALK:
        raise NotPossibleNow()
    if is_on:
        settings = await settings_of(session, shop_id=call.shop_id)
        board.put(rules.ask(call, policy=settings.recording, by=leg, at=board.at))
        await note_staff(session, call_id=call_id, staff_id=staff_id, how=How.CLICKED)
    else:
        board.put(rules.stop(call, by=leg, at=board.at))
    await settle(board, _NOBODY)
    return await get_row(session, call_id=call_id)


async def recording_announced(session: Session, *, call_id: UUID) -> None:
    """The customer has heard or read to the end that the call is recorded, and stayed: it is, from
    now on. Nothing happens if they said no meanwhile, or the call is over.
    """
    board = await open_board(session, ids=[call_id], is_whole=False)
    call = board.calls.get(call_id)
    if call is None:
        return
    begun = rules.announced(call, at=board.at)
    if begun is not call:
        await note_customer(session, call=call, state=ConsentState.GIVEN, how=How.ANNOUNCED)
        board.put(begun)
        await settle(board, _NOBODY)


async def answer_recording(
    session: Session, *, call_id: UUID, visitor_id: UUID, is_agreed: bool
) -> CustomerCall:
    """The customer said yes or no. A yes taken back ends the recording, and everything that was
    recorded in this call is deleted.

    Raises:
        NotFound: no such call of this visitor.
        CallOver, NotPossibleNow: nobody asked.
    """
    board = await open_board(session, ids=[call_id], is_whole=False)
    call = board.get(call_id)
    require_owner(call, visitor_id)
    answered = (rules.agree if is_agreed else rules.refuse)(call, at=board.at)
    if answered is not call:
        refusal = ConsentState.WITHDRAWN if call.recording == "on" else ConsentState.REFUSED
        state = ConsentState.GIVEN if is_agreed else refusal
        await note_customer(session, call=call, state=state)
        board.put(answered)
        if call.recording == "on" and not is_agreed:
            await _forget(board, call)
        await settle(board, _NOBODY)
    return await customer_call(session, call_id=call_id)


async def take_back_recording(
    session: Session, *, call_id: UUID, visitor_ids: Collection[UUID]
) -> None:
    """The customer takes their yes back after the call: all that was recorded of it is deleted, and
    the ledger says so.

    Raises:
        NotFound: no such call in one of these browsers, or no yes of theirs stands.
        StillRecording: the call goes on; there they say it where they were asked.
    """
    board = await open_board(session, ids=[call_id], is_whole=False)
    call = board.get(call_id)
    if call.visitor_id not in visitor_ids:
        raise NotFound()
    if not await customer_agrees(session, call_id=call_id, visitor_id=call.visitor_id):
        raise NotFound()
    if any(one.state == "running" for one in await of_call(session, call_id=call_id)):
        raise StillRecording()
    await note_customer(session, call=call, state=ConsentState.WITHDRAWN)
    await _forget(board, call)
    board.touch(call_id)
    await settle(board, _NOBODY)


async def _forget(board: Board, call: Call) -> None:
    """No sound of this call is kept, be it stored already or on its way."""
    for recording in await of_call(board.session, call_id=call.id):
        if recording.kind == "call" and recording.state in ("running", "kept"):
            await delete(board.session, recording=recording, by=None)
            await record_audit(
                board.session, staff_id=None, action=WITHDRAWN, subject=subject_of(recording.id)
            )


async def delete_recording(session: Session, *, recording_id: UUID, staff_id: UUID | None) -> None:
    """The sound is gone for good, and the card says so. One that is gone already stays so.

    Raises:
        NotFound: no such recording.
        StillRecording: it has not ended.
    """
    known = await get_recording(session, recording_id=recording_id)
    board = await open_board(session, ids=[known.call_id], is_whole=False)
    recording = await get_recording(session, recording_id=recording_id)
    if recording.state == "running":
        raise StillRecording()
    if recording.state != "deleted":
        await delete(session, recording=recording, by=staff_id)
        await record_audit(
            session, staff_id=staff_id, action=DELETED, subject=subject_of(recording_id)
        )
        board.touch(recording.call_id)
        await settle(board, _NOBODY)
