"""Who hears music, and who hears whom."""

from dataclasses import replace

from stoa.contact.calls import rules, supervision, transfers
from stoa.contact.calls.hearing import Hears, gain, plan
from stoa.contact.calls.models import Call, Leg, LegState, OfferKind
from stoa.platform.ids import new_id
from tests.contact.calls.calls import START, a_waiting_call, an_offer, named


def accepted(call: Call, name: str) -> Call:
    offer = next(offer for offer in call.open_offers if offer.name == name)
    return rules.accept_offer(
        call, offer_id=offer.id, leg_id=new_id(), connection_id=None, at=START
    )


def talking() -> Call:
    return accepted(rules.offer_to(a_waiting_call(), an_offer("Ada")), "Ada")


def customer(call: Call) -> Leg:
    assert call.customer_leg is not None
    return call.customer_leg


def agent(call: Call, name: str = "Ada") -> Leg:
    return next(leg for leg in call.legs_in if leg.name == name)


def hears(call: Call, leg: Leg) -> Hears:
    return plan(call).hears[leg.id]


def held(call: Call, leg: Leg) -> Call:
    return rules.hold(call, leg_id=leg.id, is_held=True, at=START)


def with_bo(kind: OfferKind) -> Call:
    call = talking()
    offer = an_offer("Bo", kind=kind, by=named("Ada"))
    ada = agent(call)
    if kind is OfferKind.CONFERENCE:
        return transfers.invite(call, leg_id=ada.id, offer=offer)
    if kind is OfferKind.ATTENDED:
        return transfers.transfer_attended(call, leg_id=ada.id, offer=offer, at=START)
    return transfers.transfer_blind(call, leg_id=ada.id, offer=offer, at=START)


def test_who_waits_hears_the_queue_and_who_is_handed_over_hears_that() -> None:
    call = a_waiting_call()
    assert hears(call, customer(call)) is Hears.QUEUE
    call = with_bo(OfferKind.TRANSFER)
    assert hears(call, customer(call)) is Hears.HANDOVER


def test_whoever_is_left_alone_by_a_hold_hears_music_and_the_holder_nobody() -> None:
    call = talking()
    by_agent = held(call, agent(call))
    assert hears(by_agent, customer(by_agent)) is Hears.MUSIC
    assert hears(by_agent, agent(by_agent)) is Hears.OTHERS
    assert set(plan(by_agent).gains.values()) == {0.0}
    by_customer = held(call, customer(call))
    assert hears(by_customer, agent(by_customer)) is Hears.MUSIC


def test_two_go_on_when_the_third_holds() -> None:
    call = accepted(with_bo(OfferKind.CONFERENCE), "Bo")
    call = held(call, agent(call))
    assert hears(call, customer(call)) is Hears.OTHERS
    assert plan(call).gains[customer(call).id, agent(call, "Bo").id] == 1.0
    assert plan(call).gains[agent(call).id, customer(call).id] == 0.0


def test_while_a_colleague_is_asked_agents_speak_and_the_customer_hears_music() -> None:
    asked = with_bo(OfferKind.ATTENDED)
    assert hears(asked, customer(asked)) is Hears.MUSIC
    assert hears(asked, agent(asked)) is Hears.OTHERS, "no music for whoever asks"
    call = accepted(asked, "Bo")
    assert plan(call).gains[agent(call).id, agent(call, "Bo").id] == 1.0
    assert plan(call).gains[agent(call).id, customer(call).id] == 0.0


def test_a_customer_whose_agents_line_broke_hears_music() -> None:
    call = talking()
    call = rules.line_is(call, leg_id=agent(call).id, state=LegState.AWAY, at=START)
    assert hears(call, customer(call)) is Hears.AWAY
    call = talking()
    call = rules.line_is(call, leg_id=customer(call).id, state=LegState.AWAY, at=START)
    assert hears(call, agent(call)) is Hears.OTHERS


def test_a_whisper_is_for_the_agent_alone() -> None:
    call = supervision.supervise(
        talking(),
        staff_id=named("Sue"),
        name="Sue",
        how="whisper",
        leg_id=new_id(),
        connection_id=None,
        at=START,
    )
    sue = agent(call, "Sue")
    assert gain(sue, agent(call)) == 1.0
    assert gain(sue, customer(call)) == 0.0
    assert gain(customer(call), sue) == gain(agent(call), sue) == 1.0
    muted = replace(agent(call), is_muted=True)
    assert gain(muted, customer(call)) == 0.0
