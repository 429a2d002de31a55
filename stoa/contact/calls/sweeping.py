"""What time does to a call: offers nobody took, pages that rang in vain, lines that stay broken.

Pure: a call goes in, the next one comes out, the same where nothing is due.
"""

from collections.abc import Collection
from dataclasses import replace
from datetime import datetime, timedelta
from uuid import UUID

from stoa.contact.calls.models import (
    Call,
    CallState,
    EndReason,
    Leg,
    LegRole,
    LegState,
    Mode,
    OfferKind,
    OfferState,
)
from stoa.contact.calls.rules import close_offer, end, line_lost, rang_in_vain
from stoa.contact.calls.steps import gone, with_leg
from stoa.contact.calls.transfers import agent_leaves

# An agent's page that is reloaded is away for a moment; whoever rings it need not start again.
DESK_GONE_AFTER = timedelta(seconds=4)
PAGE_RINGS_FOR = timedelta(seconds=45)
LINE_LOST_AFTER = timedelta(seconds=5)
DROPPED_AFTER = timedelta(seconds=20)
# Somebody may be looking for the button that lets the microphone in.
JOINS_WITHIN = timedelta(seconds=60)
UNATTENDED_FOR = timedelta(minutes=10)


def sweep(call: Call, *, at: datetime, available: Collection[UUID]) -> Call:
    """Whatever is due by now has happened."""
    for offer in call.open_offers:
        is_gone = offer.staff_id not in available and offer.offered_at + DESK_GONE_AFTER <= at
        if offer.until <= at or is_gone:
            call = close_offer(call, offer_id=offer.id, state=OfferState.EXPIRED, at=at)
    if call.state is CallState.CALLING and call.created_at + PAGE_RINGS_FOR <= at:
        return rang_in_vain(call, at=at)
    if call.is_waiting and call.unattended_since and call.unattended_since + UNATTENDED_FOR <= at:
        return end(call, reason=EndReason.MISSED, at=at)
    for leg in call.legs_in:
        if not call.is_over:
            call = _watch(call, leg, at)
    return call


def _watch(call: Call, leg: Leg, at: datetime) -> Call:
    """A broken line is told of, and dropped if it does not come back."""
    if leg.state is LegState.JOINING:
        begun = max(leg.state_at, call.answered_at or leg.state_at)
        is_late = call.state is CallState.ACTIVE and begun + JOINS_WITHIN <= at
        return _drop(call, leg, at) if is_late else call
    if leg.state is not LegState.AWAY:
        return call
    if leg.state_at + DROPPED_AFTER <= at:
        return _drop(call, leg, at)
    is_told = leg.mode is Mode.TALK and call.state is CallState.ACTIVE
    if is_told and leg.state_at + LINE_LOST_AFTER <= at:
        return line_lost(call, leg=leg, at=at)
    return call


def _drop(call: Call, leg: Leg, at: datetime) -> Call:
    if leg.mode is not Mode.TALK:
        return gone(call, leg, at)
    if call.state is CallState.CALLING:
        return rang_in_vain(call, at=at)
    if call.state is CallState.VOICEMAIL:
        return end(call, reason=EndReason.VOICEMAIL, at=at)
    if leg.role is LegRole.CUSTOMER and call.is_waiting:
        return end(call, reason=EndReason.ABANDONED, at=at)
    call = line_lost(call, leg=leg, at=at)
    is_rung_for = any(offer.kind is not OfferKind.CONFERENCE for offer in call.open_offers)
    is_last = len(call.agent_legs) == 1 and not is_rung_for
    if leg.role is LegRole.CUSTOMER or is_last:
        return end(call, reason=EndReason.LOST, at=at)
    return agent_leaves(call, leg_id=leg.id, at=at)


def without_page(call: Call, leg: Leg, *, at: datetime) -> Call:
    """The page that spoke for the leg is gone with its node; there is time to come back."""
    return with_leg(call, replace(leg, state=LegState.AWAY, state_at=at, connection_id=None))
