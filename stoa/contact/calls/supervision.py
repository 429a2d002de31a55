"""Supervisors come into a call: they listen, whisper, join, take over, and leave.

Pure: a call goes in, the next one comes out. Who hears whom follows from role and mode (`hearing`).
"""

from dataclasses import replace
from datetime import datetime
from typing import Literal, assert_never
from uuid import UUID

from stoa.contact.calls.errors import CallOver, NotPossibleNow
from stoa.contact.calls.models import Call, CallState, Leg, LegRole, Mode, OfferKind, OfferState
from stoa.contact.calls.steps import (
    close_all,
    gone,
    new_leg,
    parked,
    with_fact,
    with_leg,
    without_loose_ends,
)

Supervising = Literal["listen", "whisper", "join", "take_over"]


def supervise(
    call: Call,
    *,
    staff_id: UUID,
    name: str,
    how: Supervising,
    leg_id: UUID,
    connection_id: str | None,
    at: datetime,
) -> Call:
    """The supervisor is in the call so. `leg_id` is for one who was not in it yet.

    Raises:
        CallOver, NotPossibleNow: nobody talks, or who asks is its agent already.
    """
    if call.state is not CallState.ACTIVE:
        raise CallOver if call.is_over else NotPossibleNow
    leg = call.leg_of(staff_id)
    if leg is None:
        leg = new_leg(
            leg_id,
            role=LegRole.SUPERVISOR,
            staff_id=staff_id,
            name=name,
            mode=Mode.LISTEN,
            at=at,
            connection_id=connection_id,
        )
    elif leg.role is not LegRole.SUPERVISOR:
        raise NotPossibleNow
    match how:
        case "listen":
            return _quietly(call, leg, Mode.LISTEN, at)
        case "whisper":
            return _quietly(call, leg, Mode.WHISPER, at)
        case "join":
            return _aloud(call, leg, at)
        case "take_over":
            return _take_over(call, leg, at)
        case _ as unknown:
            assert_never(unknown)


def _quietly(call: Call, leg: Leg, mode: Mode, at: datetime) -> Call:
    """The customer does not hear them. Whoever talked before has left the conversation for them."""
    is_known = any(known.id == leg.id for known in call.legs_in)
    if is_known and leg.mode is Mode.TALK:
        if len(call.agent_legs) == 1:
            raise NotPossibleNow  # nobody would be left to talk with the customer
        call = with_fact(call, "left", at, name=leg.name)
    return with_leg(call, replace(leg, mode=mode, is_held=False))


def _aloud(call: Call, leg: Leg, at: datetime) -> Call:
    """One more who talks."""
    if leg.mode is Mode.TALK:
        return call
    return with_fact(with_leg(call, replace(leg, mode=Mode.TALK)), "joined", at, name=leg.name)


def _take_over(call: Call, leg: Leg, at: datetime) -> Call:
    """The supervisor is the call's agent; everybody else of the shop who talked is out, and nobody
    is asked about it any more.
    """
    for other in call.agent_legs:
        if other.id != leg.id:
            call = gone(call, other, at)
    call = close_all(call, OfferState.WITHDRAWN, at, kinds=tuple(OfferKind))
    call = with_leg(call, replace(leg, role=LegRole.AGENT, mode=Mode.TALK))
    call = without_loose_ends(parked(call, is_parked=False))
    return with_fact(call, "took_over", at, name=leg.name)


def listeners(call: Call) -> tuple[Leg, ...]:
    """Supervisors in the call, whatever they do there."""
    return tuple(leg for leg in call.legs_in if leg.role is LegRole.SUPERVISOR)
