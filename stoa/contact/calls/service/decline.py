"""Somebody does not want to answer."""

from uuid import UUID

from stoa.contact.calls import rules
from stoa.contact.calls.models import OfferState
from stoa.contact.calls.service.board import Desk, open_board
from stoa.contact.calls.service.people import require_earlier_offer, require_owner
from stoa.contact.calls.service.settling import settle
from stoa.platform.database.session import Session


async def decline_offer(
    session: Session, *, desk: Desk, call_id: UUID, offer_id: UUID, staff_id: UUID
) -> None:
    """The call does not ring here any more, and the next is rung. A closed offer stays closed.

    Raises:
        NotFound: no such call, or not this agent's offer.
    """
    board = await open_board(session, ids=[call_id])
    call = board.get(call_id)
    if offer_id not in {offer.id for offer in call.offers if offer.staff_id == staff_id}:
        await require_earlier_offer(session, call_id=call_id, offer_id=offer_id, staff_id=staff_id)
        return
    board.put(rules.close_offer(call, offer_id=offer_id, state=OfferState.DECLINED, at=board.at))
    await settle(board, desk)


async def decline_call(session: Session, *, desk: Desk, call_id: UUID, visitor_id: UUID) -> None:
    """The agent's call is over.

    Raises:
        NotFound: no such call of this visitor.
        NotPossibleNow: it does not ring.
    """
    board = await open_board(session, ids=[call_id])
    call = board.get(call_id)
    require_owner(call, visitor_id)
    board.put(rules.customer_declines(call, at=board.at))
    await settle(board, desk)
