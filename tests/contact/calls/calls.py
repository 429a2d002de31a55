"""Calls to try the rules on, and what must be true of every call."""

from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid5

from stoa.contact.calls.hearing import plan
from stoa.contact.calls.models import (
    Agent,
    Call,
    CallState,
    LegRole,
    LegState,
    Offer,
    OfferKind,
    OfferState,
)
from stoa.contact.calls.steps import HANDING_OVER, new_leg, with_fact, with_leg
from stoa.platform.ids import new_id

START = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
_NAMES = UUID("6f1c2f5e-5a3a-4f57-9d0e-000000000000")


def named(name: str) -> UUID:
    """The same id for the same name."""
    return uuid5(_NAMES, name)


def a_waiting_call(*, at: datetime = START, locale: str = "en", skill: str | None = None) -> Call:
    """A customer has just called."""
    call = Call(
        id=new_id(),
        shop_id=named("shop"),
        conversation_id=new_id(),
        visitor_id=new_id(),
        message_id=None,
        client_id="client-12345678",
        direction="inbound",
        state=CallState.QUEUED,
        end_reason=None,
        locale=locale,
        skill=skill,
        page_url="",
        recording="off",
        callback_phone=None,
        callback_of=None,
        queued_at=at,
        unattended_since=None,
        answered_at=None,
        ended_at=None,
        media_node=None,
        created_at=at,
    )
    leg = new_leg(new_id(), role=LegRole.CUSTOMER, at=at, connection_id="page")
    return with_fact(with_leg(call, leg), "called", at)


def an_outgoing_call(agent: str, *, at: datetime = START, is_callback: bool = False) -> Call:
    """An agent has just called."""
    call = a_waiting_call(at=at)
    leg = new_leg(new_id(), role=LegRole.AGENT, staff_id=named(agent), name=agent, at=at)
    values = {name: getattr(call, name) for name in call.__slots__}
    values |= {
        "direction": "outbound",
        "state": CallState.CALLING,
        "legs": (leg,),
        "queued_at": at if is_callback else None,
        "callback_of": new_id() if is_callback else None,
    }
    return Call(**values)


def an_agent(
    name: str,
    *,
    languages: tuple[str, ...] = ("en",),
    skills: tuple[str, ...] = (),
    idle_since: datetime | None = None,
    is_busy: bool = False,
) -> Agent:
    return Agent(named(name), name, frozenset(languages), frozenset(skills), is_busy, idle_since)


def an_offer(
    name: str,
    *,
    kind: OfferKind = OfferKind.QUEUE,
    at: datetime = START,
    seconds: int = 20,
    by: UUID | None = None,
) -> Offer:
    return Offer(
        id=new_id(),
        staff_id=named(name),
        name=name,
        kind=kind,
        by_staff_id=by,
        state=OfferState.OFFERED,
        offered_at=at,
        until=at + timedelta(seconds=seconds),
        answered_at=None,
    )


def must_be_possible(call: Call) -> None:
    """What is true of every call, whatever was done to it."""
    assert (call.state is CallState.ENDED) == (call.ended_at is not None)
    assert (call.end_reason is None) == (call.ended_at is None)
    staff = [leg.staff_id for leg in call.legs_in if leg.staff_id is not None]
    assert len(staff) == len(set(staff)), "nobody is in a call twice"
    customers = [leg for leg in call.legs_in if leg.role is LegRole.CUSTOMER]
    assert len(customers) <= 1
    rung = [offer.staff_id for offer in call.open_offers]
    assert len(rung) == len(set(rung)), "nobody is rung twice"
    assert not set(rung) & set(staff), "nobody is rung for a call they are in"
    handing = [offer for offer in call.open_offers if offer.kind in HANDING_OVER]
    match call.state:
        case CallState.ACTIVE:
            assert call.answered_at is not None
            assert customers
            assert call.agent_legs, "somebody talks with the customer"
            assert all(offer.kind is not OfferKind.QUEUE for offer in call.open_offers)
        case CallState.QUEUED | CallState.RINGING:
            assert customers
            assert not call.agent_legs
            assert call.queued_at is not None
            assert len(handing) == len(call.open_offers)
            assert bool(handing) == (call.state is CallState.RINGING)
        case CallState.CALLING:
            assert not customers
            assert len(call.agent_legs) == 1
            assert not call.open_offers
        case CallState.VOICEMAIL:
            assert customers
            assert not call.open_offers
        case CallState.CALLBACK | CallState.ENDED:
            assert not call.legs_in
            assert not call.open_offers
    if customers and customers[0].is_parked:
        assert call.state is CallState.ACTIVE
        is_asked = any(offer.kind is OfferKind.ATTENDED for offer in call.open_offers)
        assert is_asked or len(call.agent_legs) >= 2, "somebody speaks about them"
    for leg in call.legs:
        assert (leg.state is LegState.LEFT) == (leg.left_at is not None)
    must_be_heard_rightly(call)


def must_be_heard_rightly(call: Call) -> None:
    """The customer hears no whisper, who listens is heard by nobody, who waits hears nobody."""
    planned = plan(call)
    legs = {leg.id: leg for leg in call.legs_in}
    assert set(planned.hears) == set(legs)
    assert len(planned.gains) == len(legs) * (len(legs) - 1)
    for (speaker_id, hearer_id), gain in planned.gains.items():
        speaker, hearer = legs[speaker_id], legs[hearer_id]
        if hearer.role is LegRole.CUSTOMER and speaker.mode != "talk":
            assert gain == 0
        if speaker.mode == "listen" or speaker.is_muted:
            assert gain == 0
        if any((one.is_held or one.is_parked) for one in (speaker, hearer)):
            assert gain == 0
