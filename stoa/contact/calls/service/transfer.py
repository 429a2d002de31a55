"""An agent brings in a colleague: to take over, to be asked first, or as one more."""

from uuid import UUID

from stoa.contact.calls import transfers
from stoa.contact.calls.errors import ColleagueBusy
from stoa.contact.calls.models import OfferKind
from stoa.contact.calls.queries import get_row, settings_of
from stoa.contact.calls.schemas import CallRow
from stoa.contact.calls.service.board import Desk, open_board
from stoa.contact.calls.service.people import find_colleague, leg_of
from stoa.contact.calls.service.settling import make_offer, settle
from stoa.contact.conversations.models import Sender
from stoa.platform.database.session import Session


async def ask_colleague(
    session: Session, *, desk: Desk, call_id: UUID, by: Sender, staff_id: UUID, kind: OfferKind
) -> CallRow:
    """The colleague rings. The same question again changes nothing.

    Raises:
        NotFound: no such call, or this agent is not in it.
        CallOver: it has ended.
        ColleagueBusy: the colleague is in a call, or not at the desk.
        NotPossibleNow: nobody talks, or another transfer is under way.
    """
    board = await open_board(session, ids=[call_id])
    call = board.get(call_id)
    is_asked = any(
        offer.staff_id == staff_id and offer.kind is kind and offer.by_staff_id == by.staff_id
        for offer in call.open_offers
    )
    if is_asked:
        return await get_row(session, call_id=call_id)
    leg = leg_of(call, by)
    colleague = await find_colleague(board, desk, staff_id)
    if colleague is None:
        raise ColleagueBusy()
    settings = await settings_of(session, shop_id=call.shop_id)
    offer = make_offer(
        colleague,
        kind=kind,
        at=board.at,
        until=settings.rings_until(board.at),
        by_staff_id=by.staff_id,
    )
    if kind is OfferKind.TRANSFER:
        call = transfers.transfer_blind(call, leg_id=leg.id, offer=offer, at=board.at)
    elif kind is OfferKind.ATTENDED:
        call = transfers.transfer_attended(call, leg_id=leg.id, offer=offer, at=board.at)
    else:
        call = transfers.invite(call, leg_id=leg.id, offer=offer)
    board.put(call)
    await settle(board, desk)
    return await get_row(session, call_id=call_id)


async def complete_transfer(session: Session, *, desk: Desk, call_id: UUID, by: Sender) -> None:
    """The colleague has the customer, and this agent is out; whoever is out already stays out.

    Raises:
        NotFound: no such call, or one this agent was never in.
        NotPossibleNow: no colleague was asked.
    """
    board = await open_board(session, ids=[call_id])
    call = board.get(call_id)
    has_been_in = any(leg.staff_id == by.staff_id for leg in call.legs)
    if has_been_in and (by.staff_id is None or call.leg_of(by.staff_id) is None):
        return
    leg = leg_of(call, by)
    board.put(transfers.complete_transfer(call, leg_id=leg.id, at=board.at))
    await settle(board, desk)


async def cancel_transfer(session: Session, *, desk: Desk, call_id: UUID, by: Sender) -> None:
    """Agent and customer talk again, and no colleague is asked any more.

    Raises:
        NotFound: no such call, or this agent is not in it.
        CallOver: it has ended.
    """
    board = await open_board(session, ids=[call_id])
    call = board.get(call_id)
    leg = leg_of(call, by)
    board.put(transfers.cancel_transfer(call, leg_id=leg.id, at=board.at))
    await settle(board, desk)
