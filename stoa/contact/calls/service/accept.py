"""Somebody answers: an agent the queue's offer, a customer the agent's call."""

from uuid import UUID

from stoa.contact.calls import rules
from stoa.contact.calls.errors import CallTaken
from stoa.contact.calls.models import OfferState
from stoa.contact.calls.schemas import CallJoined
from stoa.contact.calls.service.board import Board, Desk, open_board
from stoa.contact.calls.service.people import (
    require_earlier_offer,
    require_free,
    require_owner,
)
from stoa.contact.calls.service.settling import settle
from stoa.platform.database.session import Session
from stoa.platform.ids import new_id


async def accept_offer(
    session: Session,
    *,
    desk: Desk,
    call_id: UUID,
    offer_id: UUID,
    staff_id: UUID,
    connection_id: str,
) -> CallJoined:
    """The agent is in the call. Of several who accept at once exactly one is.

    Raises:
        NotFound: no such call, or not this agent's offer.
        CallTaken: it does not ring here any more.
        InAnotherCall: the agent is in another call.
    """
    board = await open_board(session, ids=[call_id])
    call = board.get(call_id)
    if offer_id not in {offer.id for offer in call.offers if offer.staff_id == staff_id}:
        await require_earlier_offer(session, call_id=call_id, offer_id=offer_id, staff_id=staff_id)
        raise CallTaken()
    joined = call.leg_of(staff_id)
    accepted = rules.accept_offer(
        call, offer_id=offer_id, leg_id=new_id(), connection_id=connection_id, at=board.at
    )
    if joined is None:
        require_free(board, staff_id)
        board.put(accepted)
        _stop_ringing(board, staff_id)
        await settle(board, desk)
        joined = accepted.leg_of(staff_id)
    assert joined is not None
    return CallJoined(call_id=call_id, leg_id=joined.id)


def _stop_ringing(board: Board, staff_id: UUID) -> None:
    """Whoever answers one call is not rung for the others any more."""
    for call in list(board.calls.values()):
        for offer in call.open_offers:
            if offer.staff_id == staff_id:
                board.put(
                    rules.close_offer(
                        call, offer_id=offer.id, state=OfferState.WITHDRAWN, at=board.at
                    )
                )


async def accept_call(
    session: Session, *, desk: Desk, call_id: UUID, visitor_id: UUID, connection_id: str
) -> CallJoined:
    """The customer talks with the agent who called.

    Raises:
        NotFound: no such call of this visitor.
        CallTaken: it does not ring any more.
    """
    board = await open_board(session, ids=[call_id])
    call = board.get(call_id)
    require_owner(call, visitor_id)
    accepted = rules.customer_accepts(
        call, leg_id=new_id(), connection_id=connection_id, at=board.at
    )
    board.put(accepted)
    await settle(board, desk)
    leg = accepted.customer_leg
    assert leg is not None
    return CallJoined(call_id=call_id, leg_id=leg.id)
