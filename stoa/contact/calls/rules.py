"""The state machine of a call: who answers, how it ends, who is called back, whose line breaks.

Pure: a call goes in, the next one comes out, the same where what is asked is so already.
"""

from dataclasses import replace
from datetime import datetime
from typing import Literal
from uuid import UUID

from stoa.contact.calls.errors import CallOver, CallTaken, NotPossibleNow
from stoa.contact.calls.models import (
    Call,
    CallState,
    EndReason,
    Leg,
    LegRole,
    LegState,
    Offer,
    OfferState,
)
from stoa.contact.calls.steps import (
    HANDING_OVER,
    FactName,
    close,
    close_all,
    find_leg,
    gone,
    new_leg,
    to_state,
    with_fact,
    with_leg,
    with_offer,
    without_loose_ends,
)
from stoa.platform.errors import NotFound

# ---- the customer calls, an agent answers -------------------------------------------------------


def offer_to(call: Call, offer: Offer) -> Call:
    """The call rings at one more member of staff."""
    if offer.kind in HANDING_OVER and call.state is CallState.QUEUED:
        call = to_state(call, CallState.RINGING)
    call = with_offer(call, offer)
    if any(fact.fact == "rang" and fact.name == offer.name for fact in call.facts):
        return call
    return with_fact(call, "rang", offer.offered_at, name=offer.name)


def accept_offer(
    call: Call, *, offer_id: UUID, leg_id: UUID, connection_id: str | None, at: datetime
) -> Call:
    """The offer's member of staff is in the call, and it rings nowhere else.

    Raises:
        NotFound: no such offer.
        CallTaken: it is no longer open.
    """
    offer = next((offer for offer in call.offers if offer.id == offer_id), None)
    if offer is None:
        raise NotFound()
    if offer.state is OfferState.ACCEPTED and call.leg_of(offer.staff_id) is not None:
        return call
    if not offer.is_open or call.is_over:
        raise CallTaken()
    call = close(call, offer, OfferState.ACCEPTED, at)
    leg = new_leg(
        leg_id,
        role=LegRole.AGENT,
        staff_id=offer.staff_id,
        name=offer.name,
        at=at,
        connection_id=connection_id,
    )
    call = with_leg(call, leg)
    if offer.kind not in HANDING_OVER:
        return with_fact(call, "joined", at, name=offer.name)
    call = close_all(call, OfferState.TAKEN, at, kinds=HANDING_OVER)
    call = replace(
        to_state(call, CallState.ACTIVE),
        answered_at=call.answered_at or at,
        unattended_since=None,
    )
    return with_fact(call, "answered", at, name=offer.name)


def close_offer(
    call: Call,
    *,
    offer_id: UUID,
    state: Literal[OfferState.DECLINED, OfferState.EXPIRED, OfferState.WITHDRAWN],
    at: datetime,
) -> Call:
    """The offer is not open any more; what waited for its answer goes on without."""
    offer = next((offer for offer in call.open_offers if offer.id == offer_id), None)
    if offer is None:
        return call
    call = close(call, offer, state, at)
    fact: FactName = "declined" if state is OfferState.DECLINED else "not_answered"
    is_known = any(known.fact == fact and known.name == offer.name for known in call.facts)
    if state is not OfferState.WITHDRAWN and not is_known:
        call = with_fact(call, fact, at, name=offer.name)
    return without_loose_ends(call)


def waits(call: Call, *, at: datetime) -> Call:
    """It is told, once, that nobody could be rung at once."""
    if call.state is not CallState.QUEUED or any(fact.fact == "queued" for fact in call.facts):
        return call
    return with_fact(call, "queued", at)


def unattended(call: Call, *, is_so: bool, at: datetime) -> Call:
    """It is known whether anybody is there who could be rung for a waiting call."""
    if not call.is_waiting or is_so == (call.unattended_since is not None):
        return call
    return replace(call, unattended_since=at if is_so else None)


# ---- an agent calls, the customer answers -------------------------------------------------------


def customer_accepts(call: Call, *, leg_id: UUID, connection_id: str | None, at: datetime) -> Call:
    """Customer and agent talk.

    Raises:
        CallTaken: the call does not ring at the customer's page (any more).
    """
    if call.state is CallState.ACTIVE and call.direction == "outbound" and call.customer_leg:
        return call
    if call.state is not CallState.CALLING:
        raise CallTaken()
    leg = new_leg(leg_id, role=LegRole.CUSTOMER, at=at, connection_id=connection_id)
    call = replace(to_state(with_leg(call, leg), CallState.ACTIVE), answered_at=at)
    return with_fact(call, "answered", at)


def customer_declines(call: Call, *, at: datetime) -> Call:
    """The agent's call is over; of one that has ended nothing changes.

    Raises:
        NotPossibleNow: it does not ring at the customer's page.
    """
    if call.is_over:
        return call
    if call.state is not CallState.CALLING:
        raise NotPossibleNow()
    return end(with_fact(call, "declined", at), reason=EndReason.DECLINED, at=at)


def rang_in_vain(call: Call, *, at: datetime) -> Call:
    """The customer's page did not answer. Who waits to be called back goes on waiting."""
    call = with_fact(call, "not_answered", at)
    if call.callback_of is None:
        return end(call, reason=EndReason.NO_ANSWER, at=at)
    for leg in call.legs_in:
        call = gone(call, leg, at)
    return with_fact(to_state(call, CallState.CALLBACK), "callback_wanted", at)


# ---- the end ------------------------------------------------------------------------------------


def end(call: Call, *, reason: EndReason, at: datetime, name: str | None = None) -> Call:
    """Nobody is in the call and it rings nowhere; an ended one stays as it is."""
    if call.is_over:
        return call
    for leg in call.legs_in:
        call = gone(call, leg, at)
    call = close_all(call, OfferState.WITHDRAWN, at)
    call = replace(
        to_state(call, CallState.ENDED),
        end_reason=reason,
        ended_at=at,
        unattended_since=None,
        recording="refused" if call.recording == "refused" else "off",
    )
    return with_fact(call, "ended", at, name=name)


def customer_leaves(call: Call, *, at: datetime) -> Call:
    """The customer hung up, and the call is over."""
    reason = {
        CallState.ACTIVE: EndReason.COMPLETED,
        CallState.CALLING: EndReason.DECLINED,
        CallState.VOICEMAIL: EndReason.VOICEMAIL,
    }.get(call.state, EndReason.ABANDONED)
    return end(call, reason=reason, at=at)


# ---- waiting to be called back ------------------------------------------------------------------


def ask_callback(call: Call, *, phone: str | None, at: datetime) -> Call:
    """The customer hangs up and keeps the place in the queue.

    Raises:
        NotPossibleNow: the customer does not wait.
    """
    if call.state is CallState.CALLBACK:
        return replace(call, callback_phone=phone or call.callback_phone)
    if not call.is_waiting:
        raise CallOver() if call.is_over else NotPossibleNow()
    for leg in call.legs_in:
        call = gone(call, leg, at)
    call = close_all(call, OfferState.WITHDRAWN, at)
    call = replace(to_state(call, CallState.CALLBACK), callback_phone=phone, unattended_since=None)
    return with_fact(call, "callback_wanted", at)


def called_back(call: Call, *, at: datetime, name: str | None) -> Call:
    """Another call takes this one's place, or somebody has called the number.

    Raises:
        NotPossibleNow: nobody waits to be called back.
    """
    if call.end_reason is EndReason.CALLED_BACK:
        return call
    if call.state is not CallState.CALLBACK:
        raise CallOver() if call.is_over else NotPossibleNow()
    return end(call, reason=EndReason.CALLED_BACK, at=at, name=name)


# ---- hold, mute, and lines that break -----------------------------------------------------------


def hold(call: Call, *, leg_id: UUID, is_held: bool, at: datetime) -> Call:
    """Whoever holds hears nobody, and is not heard.

    Raises:
        NotPossibleNow: nobody talks.
    """
    leg = find_leg(call, leg_id)
    if leg.is_held == is_held:
        return call
    if call.state is not CallState.ACTIVE:
        raise NotPossibleNow()
    call = with_leg(call, replace(leg, is_held=is_held))
    return with_fact(call, "held" if is_held else "resumed", at, name=leg.name or None)


def mute(call: Call, *, leg_id: UUID, is_muted: bool) -> Call:
    """The others know that this leg is silent."""
    return with_leg(call, replace(find_leg(call, leg_id), is_muted=is_muted))


def show(
    call: Call, *, leg_id: UUID, fact: Literal["video_started", "screen_shared"], at: datetime
) -> Call:
    """The call's story tells, once for everybody, that somebody showed something.

    Raises:
        NotPossibleNow: nobody talks.
    """
    name = find_leg(call, leg_id).name or None
    if call.state is not CallState.ACTIVE:
        raise NotPossibleNow()
    if any(known.fact == fact and known.name == name for known in call.facts):
        return call
    return with_fact(call, fact, at, name=name)


def speaks_from(call: Call, *, leg_id: UUID, connection_id: str, at: datetime) -> Call:
    """This page speaks for the leg, which was away or has no sound yet."""
    leg = find_leg(call, leg_id)
    state = LegState.JOINING if leg.state is LegState.AWAY else leg.state
    state_at = leg.state_at if state is leg.state else at
    return with_leg(call, replace(leg, connection_id=connection_id, state=state, state_at=state_at))


def line_is(
    call: Call,
    *,
    leg_id: UUID,
    state: Literal[LegState.JOINING, LegState.CONNECTED, LegState.AWAY],
    at: datetime,
) -> Call:
    """The leg's sound came, or broke. One that has left stays gone."""
    leg = next((leg for leg in call.legs_in if leg.id == leg_id), None)
    if leg is None or leg.state is state:
        return call
    call = with_leg(call, replace(leg, state=state, state_at=at))
    if state is LegState.CONNECTED and _is_known_lost(call, leg):
        return with_fact(call, "line_back", at, name=leg.name or None)
    return call


def line_lost(call: Call, *, leg: Leg, at: datetime) -> Call:
    """It is told that the leg's line broke; once, until it is back."""
    if _is_known_lost(call, leg):
        return call
    return with_fact(call, "line_lost", at, name=leg.name or None)


def _is_known_lost(call: Call, leg: Leg) -> bool:
    told = [
        fact.fact
        for fact in call.facts
        if fact.fact in ("line_lost", "line_back") and fact.name == (leg.name or None)
    ]
    return bool(told) and told[-1] == "line_lost"


def without_sound(call: Call, *, at: datetime) -> Call:
    """The process that carried the call is gone: a conversation ends with it, a wait does not."""
    if call.state in (CallState.ACTIVE, CallState.VOICEMAIL):
        return end(call, reason=EndReason.FAILED, at=at)
    for leg in call.legs_in:
        call = line_is(call, leg_id=leg.id, state=LegState.JOINING, at=at)
    return replace(call, media_node=None)
