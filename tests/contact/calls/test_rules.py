"""Whatever is done to a call in whatever order, it stays possible."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stoa.contact.calls import rules, supervision, transfers, voicemail
from stoa.contact.calls.errors import CallOver, CallTaken, NotPossibleNow
from stoa.contact.calls.models import Call, CallState, EndReason, LegState, OfferKind, OfferState
from stoa.contact.calls.steps import NEXT
from stoa.contact.calls.sweeping import sweep
from stoa.platform.errors import DomainError
from stoa.platform.ids import new_id
from tests.contact.calls.calls import (
    START,
    a_waiting_call,
    an_offer,
    an_outgoing_call,
    must_be_possible,
    named,
)

PEOPLE = ("Ada", "Bo", "Cy")
Act = Callable[[Call, Any], Call]


def _leg(call: Call, draw: Any) -> Any:
    """Somebody in the call, or nobody any more."""
    legs = list(call.legs)
    return draw(st.sampled_from(legs)).id if legs else new_id()


def _offer_id(call: Call, draw: Any) -> Any:
    return draw(st.sampled_from(list(call.offers))).id if call.offers else new_id()


def rings(call: Call, draw: Any) -> Call:
    """As the queue does: only waiting calls ring, and nobody twice."""
    name = draw(st.sampled_from(PEOPLE))
    is_there = any(offer.staff_id == named(name) for offer in call.open_offers)
    if not call.is_waiting or is_there or call.leg_of(named(name)):
        return call
    return rules.offer_to(call, an_offer(name))


def accepts(call: Call, draw: Any) -> Call:
    return rules.accept_offer(
        call, offer_id=_offer_id(call, draw), leg_id=new_id(), connection_id=None, at=START
    )


def declines(call: Call, draw: Any) -> Call:
    state = draw(st.sampled_from([OfferState.DECLINED, OfferState.EXPIRED, OfferState.WITHDRAWN]))
    return rules.close_offer(call, offer_id=_offer_id(call, draw), state=state, at=START)


def asks(call: Call, draw: Any) -> Call:
    kind = draw(st.sampled_from([OfferKind.TRANSFER, OfferKind.ATTENDED, OfferKind.CONFERENCE]))
    leg = next((leg for leg in call.agent_legs), None)
    if leg is None:
        return call
    name = draw(st.sampled_from(PEOPLE))
    offer = an_offer(name, kind=kind, by=leg.staff_id)
    if kind is OfferKind.TRANSFER:
        return transfers.transfer_blind(call, leg_id=leg.id, offer=offer, at=START)
    if kind is OfferKind.ATTENDED:
        return transfers.transfer_attended(call, leg_id=leg.id, offer=offer, at=START)
    return transfers.invite(call, leg_id=leg.id, offer=offer)


def supervises(call: Call, draw: Any) -> Call:
    return supervision.supervise(
        call,
        staff_id=named(draw(st.sampled_from(["Sue", "Ada"]))),
        name="Sue",
        how=draw(st.sampled_from(["listen", "whisper", "join", "take_over"])),
        leg_id=new_id(),
        connection_id=None,
        at=START,
    )


def leaves(call: Call, draw: Any) -> Call:
    legs = [leg for leg in call.legs if leg.staff_id is not None]
    leg_id = draw(st.sampled_from(legs)).id if legs else new_id()
    return transfers.agent_leaves(call, leg_id=leg_id, at=START)


def changes_line(call: Call, draw: Any) -> Call:
    state = draw(st.sampled_from([LegState.JOINING, LegState.CONNECTED, LegState.AWAY]))
    return rules.line_is(call, leg_id=_leg(call, draw), state=state, at=START)


def waits(call: Call, draw: Any) -> Call:
    at = START + timedelta(seconds=draw(st.sampled_from([1, 6, 21, 31, 50, 700])))
    there = draw(st.sets(st.sampled_from(PEOPLE)))
    return sweep(call, at=at, available={named(name) for name in there})


ACTS: dict[str, Act] = {
    "rings": rings,
    "accepts": accepts,
    "declines": declines,
    "asks": asks,
    "supervises": supervises,
    "leaves": leaves,
    "changes line": changes_line,
    "waits": waits,
    "customer accepts": lambda call, _: rules.customer_accepts(
        call, leg_id=new_id(), connection_id=None, at=START
    ),
    "customer declines": lambda call, _: rules.customer_declines(call, at=START),
    "customer leaves": lambda call, _: rules.customer_leaves(call, at=START),
    "completes": lambda call, draw: transfers.complete_transfer(
        call, leg_id=_leg(call, draw), at=START
    ),
    "cancels": lambda call, draw: transfers.cancel_transfer(
        call, leg_id=_leg(call, draw), at=START
    ),
    "holds": lambda call, draw: rules.hold(
        call, leg_id=_leg(call, draw), is_held=draw(st.booleans()), at=START
    ),
    "mutes": lambda call, draw: rules.mute(
        call, leg_id=_leg(call, draw), is_muted=draw(st.booleans())
    ),
    "wants a callback": lambda call, _: rules.ask_callback(call, phone=None, at=START),
    "is called back": lambda call, _: rules.called_back(call, at=START, name="Ada"),
    "nobody is there": lambda call, draw: rules.unattended(
        call, is_so=draw(st.booleans()), at=START
    ),
    "leaves a message": lambda call, _: voicemail.begin_voicemail(call, is_offered=True, at=START),
    "loses its sound": lambda call, _: rules.without_sound(call, at=START),
}
# Acts that would end most examples at once come seldom.
NAMES = [name for name in ACTS if "leaves" not in name and "sound" not in name] * 3 + list(ACTS)


@settings(max_examples=400)
@given(st.data())
def test_no_order_of_acts_leads_to_an_impossible_call(data: st.DataObject) -> None:
    call = data.draw(
        st.sampled_from(
            [a_waiting_call(), an_outgoing_call("Ada"), an_outgoing_call("Ada", is_callback=True)]
        )
    )
    for name in data.draw(st.lists(st.sampled_from(NAMES), max_size=25)):
        try:
            after = ACTS[name](call, data.draw)
        except DomainError:
            continue  # refused; a call is a value, so nothing of it has changed
        must_be_possible(after)
        assert after.state is call.state or after.state in _reachable(call.state)
        assert len(after.facts) >= len(call.facts)
        if call.is_over:
            assert after == call, "an ended call stays as it is"
        call = after


def _reachable(state: CallState) -> set[CallState]:
    """In one act a call may take two steps: from ringing to the queue and on."""
    near = set(NEXT[state])
    return near | {further for one in near for further in NEXT[one]}


@given(st.permutations(PEOPLE), st.integers(1, 3))
def test_of_all_who_accept_exactly_one_wins(order: list[str], rung: int) -> None:
    call = a_waiting_call()
    offers = {name: an_offer(name) for name in PEOPLE[:rung]}
    for offer in offers.values():
        call = rules.offer_to(call, offer)
    won = []
    for name in (name for name in order if name in offers):
        try:
            call = rules.accept_offer(
                call, offer_id=offers[name].id, leg_id=new_id(), connection_id=None, at=START
            )
            won.append(name)
        except CallTaken:
            pass
    assert len(won) == 1
    assert [leg.name for leg in call.agent_legs] == won
    states = {offer.name: offer.state for offer in call.offers}
    assert states.pop(won[0]) is OfferState.ACCEPTED
    assert set(states.values()) <= {OfferState.TAKEN}


def answered(by: str = "Ada") -> Call:
    call = a_waiting_call()
    offer = an_offer(by)
    call = rules.offer_to(call, offer)
    return rules.accept_offer(
        call, offer_id=offer.id, leg_id=new_id(), connection_id=None, at=START
    )


def facts(call: Call) -> list[str]:
    return [fact.fact for fact in call.facts]


def test_who_hangs_up_while_a_colleague_is_asked_has_handed_over() -> None:
    call = answered()
    ada = call.agent_legs[0]
    offer = an_offer("Bo", kind=OfferKind.ATTENDED, by=ada.staff_id)
    call = transfers.transfer_attended(call, leg_id=ada.id, offer=offer, at=START)
    assert call.customer_leg is not None
    assert call.customer_leg.is_parked
    call = transfers.agent_leaves(call, leg_id=ada.id, at=START)
    assert call.state is CallState.RINGING
    call = rules.accept_offer(
        call, offer_id=offer.id, leg_id=new_id(), connection_id=None, at=START
    )
    assert call.state is CallState.ACTIVE
    assert [leg.name for leg in call.agent_legs] == ["Bo"]
    assert facts(call) == ["called", "rang", "answered", "held", "transferred", "answered"]


def test_a_transfer_nobody_takes_goes_back_to_the_queue_in_its_old_place() -> None:
    call = answered()
    ada = call.agent_legs[0]
    offer = an_offer("Bo", kind=OfferKind.TRANSFER, by=ada.staff_id)
    call = transfers.transfer_blind(call, leg_id=ada.id, offer=offer, at=START)
    call = sweep(call, at=offer.until, available={offer.staff_id})
    assert call.state is CallState.QUEUED
    assert call.queued_at == START
    assert facts(call)[-2:] == ["transferred", "not_answered"]


def test_a_callback_that_is_not_answered_waits_on() -> None:
    call = sweep(
        an_outgoing_call("Ada", is_callback=True), at=START + timedelta(seconds=46), available=()
    )
    assert (call.state, call.queued_at) == (CallState.CALLBACK, START)
    plain = sweep(an_outgoing_call("Ada"), at=START + timedelta(seconds=46), available=())
    assert plain.end_reason is EndReason.NO_ANSWER


def test_a_broken_line_is_told_once_and_then_given_up() -> None:
    call = answered()
    assert call.customer_leg is not None
    leg_id = call.customer_leg.id
    call = rules.line_is(call, leg_id=leg_id, state=LegState.AWAY, at=START)
    there = {named("Ada")}
    call = sweep(call, at=START + timedelta(seconds=4), available=there)
    assert "line_lost" not in facts(call), "a page that turns is no lost line"
    for seconds in (6, 7, 8):
        call = sweep(call, at=START + timedelta(seconds=seconds), available=there)
    assert facts(call).count("line_lost") == 1
    back = rules.line_is(call, leg_id=leg_id, state=LegState.CONNECTED, at=START)
    assert facts(back)[-1] == "line_back"
    call = sweep(call, at=START + timedelta(seconds=20), available=there)
    assert call.end_reason is EndReason.LOST


@pytest.mark.parametrize("seconds", [0, 599])
def test_who_waits_with_nobody_there_is_not_kept_for_ever(seconds: int) -> None:
    call = rules.unattended(a_waiting_call(), is_so=True, at=START)
    assert sweep(call, at=START + timedelta(seconds=seconds), available=()) == call
    call = sweep(call, at=START + timedelta(seconds=600), available=())
    assert call.end_reason is EndReason.MISSED


def test_an_agent_who_closed_the_desk_is_not_waited_for() -> None:
    call = rules.offer_to(a_waiting_call(), an_offer("Ada", seconds=60))
    assert sweep(call, at=START + timedelta(seconds=3), available=()) == call
    assert sweep(call, at=START + timedelta(seconds=4), available=()).state is CallState.QUEUED


def test_refusals_say_whether_the_call_is_over() -> None:
    ended = rules.customer_leaves(a_waiting_call(), at=START)
    with pytest.raises(CallOver):
        rules.ask_callback(ended, phone=None, at=START)
    with pytest.raises(NotPossibleNow):
        rules.ask_callback(answered(), phone=None, at=START)
