"""The small steps that every rule about a call is made of, and what may follow what.

Pure: a call goes in, the next one comes out.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal
from uuid import UUID

from stoa.contact.calls.errors import CallOver, NotPossibleNow
from stoa.contact.calls.models import (
    Call,
    CallState,
    Leg,
    LegRole,
    LegState,
    Mode,
    Offer,
    OfferKind,
    OfferState,
)
from stoa.contact.conversations.schemas import CallFact
from stoa.platform.errors import NotFound

S = CallState
NEXT: Mapping[CallState, frozenset[CallState]] = {
    S.CALLING: frozenset({S.ACTIVE, S.CALLBACK, S.ENDED}),
    S.QUEUED: frozenset({S.RINGING, S.VOICEMAIL, S.CALLBACK, S.ENDED}),
    S.RINGING: frozenset({S.QUEUED, S.ACTIVE, S.VOICEMAIL, S.CALLBACK, S.ENDED}),
    S.ACTIVE: frozenset({S.RINGING, S.ENDED}),
    S.VOICEMAIL: frozenset({S.ENDED}),
    S.CALLBACK: frozenset({S.ENDED}),
    S.ENDED: frozenset(),
}

# Whoever holds and resumes all day long fills no row with it.
FACTS_MAX = 300

# An offer of these kinds hands the customer over; the others bring one more into the call.
HANDING_OVER = (OfferKind.QUEUE, OfferKind.TRANSFER)

FactName = Literal[
    "called", "queued", "rang", "declined", "not_answered", "answered", "held", "resumed",
    "transferred", "joined", "left", "took_over", "line_lost", "line_back", "recording_asked",
    "recording_refused", "recording_started", "recording_stopped", "callback_wanted",
    "voicemail_begun", "video_started", "screen_shared", "ended",
]  # fmt: skip


def with_fact(
    call: Call, fact: FactName, at: datetime, *, name: str | None = None, to_name: str | None = None
) -> Call:
    """The call's story has one line more, unless it is very long; its end is always told."""
    if len(call.facts) >= FACTS_MAX and fact != "ended":
        return call
    added = CallFact(fact=fact, at=at, name=name, to_name=to_name)
    return replace(call, facts=(*call.facts, added))


def with_leg(call: Call, leg: Leg) -> Call:
    """The leg as it is now takes the place of what it was."""
    if any(known.id == leg.id for known in call.legs):
        legs = tuple(leg if known.id == leg.id else known for known in call.legs)
        return replace(call, legs=legs)
    return replace(call, legs=(*call.legs, leg))


def with_offer(call: Call, offer: Offer) -> Call:
    """The offer is the newest of its member of staff."""
    others = tuple(known for known in call.offers if known.staff_id != offer.staff_id)
    return replace(call, offers=(*others, offer))


def to_state(call: Call, state: CallState) -> Call:
    """Raises:
    CallOver: it has ended.
    NotPossibleNow: this state does not follow the call's own.
    """
    if call.state is state:
        return call
    if call.is_over:
        raise CallOver()
    if state not in NEXT[call.state]:
        raise NotPossibleNow()
    return replace(call, state=state)


@dataclass(frozen=True, slots=True)
class Beginning:
    """What is known of a call before anybody is in it."""

    shop_id: UUID
    conversation_id: UUID
    visitor_id: UUID
    client_id: str
    locale: str
    page_url: str
    skill: str | None = None


def new_call(
    call_id: UUID,
    of: Beginning,
    *,
    state: CallState,
    at: datetime,
    queued_at: datetime | None,
    callback_of: UUID | None = None,
    callback_phone: str | None = None,
) -> Call:
    """A call without anybody in it; who is called begins it outbound."""
    return Call(
        id=call_id,
        shop_id=of.shop_id,
        conversation_id=of.conversation_id,
        visitor_id=of.visitor_id,
        message_id=None,
        client_id=of.client_id,
        direction="outbound" if state is CallState.CALLING else "inbound",
        state=state,
        end_reason=None,
        locale=of.locale,
        skill=of.skill,
        page_url=of.page_url,
        recording="off",
        callback_phone=callback_phone,
        callback_of=callback_of,
        queued_at=queued_at,
        unattended_since=None,
        answered_at=None,
        ended_at=None,
        media_node=None,
        created_at=at,
    )


def new_leg(
    leg_id: UUID,
    *,
    role: LegRole,
    at: datetime,
    staff_id: UUID | None = None,
    name: str = "",
    mode: Mode = Mode.TALK,
    connection_id: str | None = None,
) -> Leg:
    """A leg without sound yet."""
    return Leg(
        id=leg_id,
        role=role,
        staff_id=staff_id,
        name=name,
        mode=mode,
        state=LegState.JOINING,
        is_held=False,
        is_parked=False,
        is_muted=False,
        connection_id=connection_id,
        joined_at=at,
        state_at=at,
        left_at=None,
    )


def find_leg(call: Call, leg_id: UUID) -> Leg:
    """Raises:
    NotFound: nobody of that id is in the call.
    """
    leg = next((leg for leg in call.legs_in if leg.id == leg_id), None)
    if leg is None:
        raise NotFound()
    return leg


def gone(call: Call, leg: Leg, at: datetime) -> Call:
    """The leg is out for good."""
    return with_leg(
        call,
        replace(leg, state=LegState.LEFT, state_at=at, left_at=at, is_held=False, is_parked=False),
    )


def close(call: Call, offer: Offer, state: OfferState, at: datetime) -> Call:
    """The offer has its answer."""
    closed = replace(offer, state=state, answered_at=at)
    offers = tuple(closed if known.id == offer.id else known for known in call.offers)
    return replace(call, offers=offers)


def close_all(
    call: Call, state: OfferState, at: datetime, *, kinds: tuple[OfferKind, ...] = tuple(OfferKind)
) -> Call:
    """All open offers of these kinds have their answer."""
    for offer in call.open_offers:
        if offer.kind in kinds:
            call = close(call, offer, state, at)
    return call


def parked(call: Call, *, is_parked: bool) -> Call:
    """The customer waits with music while agents speak, or does so no longer."""
    leg = call.customer_leg
    if leg is None or leg.is_parked == is_parked:
        return call
    return with_leg(call, replace(leg, is_parked=is_parked))


def without_loose_ends(call: Call) -> Call:
    """Nobody is parked without two who speak about it, and who is left alone waits in the queue."""
    if call.state is CallState.ACTIVE:
        is_asking = any(offer.kind is OfferKind.ATTENDED for offer in call.open_offers)
        if len(call.agent_legs) < 2 and not (is_asking and call.agent_legs):
            call = parked(call, is_parked=False)
    if call.state is CallState.RINGING and not call.open_offers:
        call = to_state(call, CallState.QUEUED)
    return call
