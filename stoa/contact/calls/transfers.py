"""Agents come and go within a call: transfers, conferences, and who hangs up.

Pure: a call goes in, the next one comes out.
"""

from dataclasses import replace
from datetime import datetime
from uuid import UUID

from stoa.contact.calls.errors import CallOver, NotPossibleNow
from stoa.contact.calls.models import (
    Call,
    CallState,
    EndReason,
    Leg,
    Mode,
    Offer,
    OfferKind,
    OfferState,
)
from stoa.contact.calls.rules import end, offer_to, rang_in_vain
from stoa.contact.calls.steps import (
    HANDING_OVER,
    close,
    close_all,
    find_leg,
    gone,
    parked,
    to_state,
    with_fact,
    with_offer,
    without_loose_ends,
)


def agent_leaves(call: Call, *, leg_id: UUID, at: datetime) -> Call:
    """The member of staff is out; the last one ends the call. Who hangs up while a colleague is
    asked has handed the customer over.
    """
    leg = find_leg(call, leg_id)
    if leg.mode is not Mode.TALK:
        return gone(call, leg, at)
    if call.state is CallState.CALLING:
        return rang_in_vain(call, at=at)
    if _asked_by(call, leg) is not None:
        return complete_transfer(call, leg_id=leg_id, at=at)
    if len(call.agent_legs) == 1:
        if any(offer.kind is OfferKind.TRANSFER for offer in call.open_offers):
            return _hand_over(call, leg, at)
        reason = EndReason.COMPLETED if call.customer_leg else EndReason.LOST
        return end(call, reason=reason, at=at, name=leg.name)
    call = gone(with_fact(call, "left", at, name=leg.name), leg, at)
    return without_loose_ends(call)


def _asked_by(call: Call, leg: Leg) -> Offer | None:
    """The open question of this leg's agent to a colleague."""
    return next(
        (
            offer
            for offer in call.open_offers
            if offer.kind is OfferKind.ATTENDED and offer.by_staff_id == leg.staff_id
        ),
        None,
    )


def _asked_in(call: Call, leg: Leg) -> Leg | None:
    """The colleague whom this agent asked, in the call while the customer waits."""
    customer = call.customer_leg
    if customer is None or not customer.is_parked:
        return None
    asked = {
        offer.staff_id
        for offer in call.offers
        if offer.kind is OfferKind.ATTENDED
        and offer.by_staff_id == leg.staff_id
        and offer.state is OfferState.ACCEPTED
    }
    return next((other for other in call.agent_legs if other.staff_id in asked), None)


def _require_free_hands(call: Call, *, to: UUID) -> None:
    if call.state is not CallState.ACTIVE:
        raise CallOver() if call.is_over else NotPossibleNow()
    is_under_way = any(offer.kind is not OfferKind.CONFERENCE for offer in call.open_offers)
    leg = call.customer_leg
    if is_under_way or leg is None or leg.is_parked or call.leg_of(to) is not None:
        raise NotPossibleNow()


def transfer_blind(call: Call, *, leg_id: UUID, offer: Offer, at: datetime) -> Call:
    """The colleague rings and this agent is out. If nobody answers, the next of the queue does.

    Raises:
        NotPossibleNow: nobody talks, or another transfer is under way.
    """
    leg = find_leg(call, leg_id)
    _require_free_hands(call, to=offer.staff_id)
    call = with_fact(call, "transferred", at, name=leg.name, to_name=offer.name)
    return _hand_over(with_offer(call, offer), leg, at)


def _hand_over(call: Call, leg: Leg, at: datetime) -> Call:
    call = gone(parked(call, is_parked=False), leg, at)
    if call.agent_legs:
        return call
    call = close_all(call, OfferState.WITHDRAWN, at, kinds=(OfferKind.CONFERENCE,))
    return replace(to_state(call, CallState.RINGING), queued_at=call.queued_at or at)


def transfer_attended(call: Call, *, leg_id: UUID, offer: Offer, at: datetime) -> Call:
    """The colleague rings, and the customer waits with music until they have spoken.

    Raises:
        NotPossibleNow: nobody talks, or another transfer is under way.
    """
    leg = find_leg(call, leg_id)
    _require_free_hands(call, to=offer.staff_id)
    call = parked(with_offer(call, offer), is_parked=True)
    return with_fact(call, "held", at, name=leg.name)


def complete_transfer(call: Call, *, leg_id: UUID, at: datetime) -> Call:
    """The colleague has the customer; one who still rings gets the call as by a blind transfer.

    Raises:
        NotPossibleNow: no colleague was asked.
    """
    leg = find_leg(call, leg_id)
    asked = _asked_by(call, leg)
    if asked is not None:
        call = with_fact(call, "transferred", at, name=leg.name, to_name=asked.name)
        return _hand_over(with_offer(call, replace(asked, kind=OfferKind.TRANSFER)), leg, at)
    colleague = _asked_in(call, leg)
    if colleague is None:
        raise NotPossibleNow()
    call = with_fact(call, "transferred", at, name=leg.name, to_name=colleague.name)
    return _hand_over(call, leg, at)


def cancel_transfer(call: Call, *, leg_id: UUID, at: datetime) -> Call:
    """No colleague is asked any more, and one who was has left; agent and customer talk again."""
    leg = find_leg(call, leg_id)
    colleague = _asked_in(call, leg)
    if colleague is not None:
        call = gone(with_fact(call, "left", at, name=colleague.name), colleague, at)
    for offer in call.open_offers:
        if offer.by_staff_id == leg.staff_id and offer.kind not in HANDING_OVER:
            call = close(call, offer, OfferState.WITHDRAWN, at)
    customer = call.customer_leg
    if customer is None or not customer.is_parked:
        return call
    return with_fact(parked(call, is_parked=False), "resumed", at, name=leg.name)


def invite(call: Call, *, leg_id: UUID, offer: Offer) -> Call:
    """The colleague rings, to join as one more.

    Raises:
        NotPossibleNow: nobody talks, or the colleague is in the call or being asked.
    """
    find_leg(call, leg_id)
    is_rung = any(known.staff_id == offer.staff_id for known in call.open_offers)
    if call.state is not CallState.ACTIVE or is_rung or call.leg_of(offer.staff_id) is not None:
        raise CallOver() if call.is_over else NotPossibleNow()
    return offer_to(call, offer)
