"""Whom the queue rings first."""

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from stoa.contact.calls import rules
from stoa.contact.calls.models import Agent, Call, OfferState
from stoa.contact.calls.ringing import AGAIN_AFTER, choose
from tests.contact.calls.calls import START, a_waiting_call, an_agent, an_offer, named

SHOP = named("shop")


def rung(
    calls: list[Call], agents: list[Agent], *, at_once: int = 3, seconds: float = 0
) -> list[tuple[int, str]]:
    """(call's number, agent's name), in the order in which they are rung."""
    at = START + timedelta(seconds=seconds)
    numbers = {call.id: number for number, call in enumerate(calls)}
    chosen = choose(calls, agents, at_once={SHOP: at_once}, at=at)
    return [(numbers[ring.call_id], ring.agent.name) for ring in chosen]


def test_the_language_counts_more_than_the_skill_and_the_skill_more_than_idling() -> None:
    call = a_waiting_call(locale="pl", skill="glass")
    agents = [
        an_agent("idle", languages=("de",)),
        an_agent("skilled", languages=("de",), skills=("glass",), idle_since=START),
        an_agent("polish", languages=("pl",), idle_since=START),
        an_agent("both", languages=("pl", "en"), skills=("glass",), idle_since=START),
    ]
    order = [name for _, name in rung([call], agents, at_once=9)]
    assert order == ["both", "polish", "skilled", "idle"]


def test_of_equals_whoever_idles_longest_comes_first() -> None:
    agents = [
        an_agent("just now", idle_since=START),
        an_agent("for long", idle_since=START - timedelta(hours=1)),
        an_agent("never called"),
    ]
    order = [name for _, name in rung([a_waiting_call()], agents, at_once=9)]
    assert order == ["never called", "for long", "just now"]


def test_every_call_gets_one_agent_before_any_gets_a_second() -> None:
    calls = [a_waiting_call(at=START + timedelta(seconds=n)) for n in range(3)]
    agents = [an_agent(f"agent {n}") for n in range(4)]
    assert sorted(number for number, _ in rung(calls, agents)) == [0, 0, 1, 2]
    assert [number for number, _ in rung(calls, agents[:1])] == [0], "who waits longest is first"


def test_whoever_declined_is_left_in_peace_for_a_while_and_then_asked_last() -> None:
    offer = an_offer("Ada")
    call = rules.offer_to(a_waiting_call(), offer)
    call = rules.close_offer(call, offer_id=offer.id, state=OfferState.DECLINED, at=START)
    agents = [an_agent("Ada"), an_agent("Bo", idle_since=START)]
    assert [name for _, name in rung([call], agents)] == ["Bo"]
    later = AGAIN_AFTER.total_seconds()
    assert [name for _, name in rung([call], agents, seconds=later)] == ["Bo", "Ada"]


@given(
    st.integers(0, 6),
    st.lists(st.booleans(), max_size=8),
    st.integers(1, 4),
)
def test_nobody_is_rung_twice_and_nobody_who_talks(
    waiting: int, busy: list[bool], at_once: int
) -> None:
    calls = [a_waiting_call(at=START + timedelta(seconds=n)) for n in range(waiting)]
    agents = [an_agent(f"agent {n}", is_busy=is_busy) for n, is_busy in enumerate(busy)]
    chosen = rung(calls, agents, at_once=at_once)
    names = [name for _, name in chosen]
    assert len(names) == len(set(names))
    free = [agent for agent in agents if not agent.is_busy]
    assert set(names) <= {agent.name for agent in free}
    assert len(names) == min(len(free), waiting * at_once), "nobody who could answer sits idle"
    counts = [sum(number == n for number, _ in chosen) for n in range(waiting)]
    assert counts == sorted(counts, reverse=True), "longer waiting, no fewer rung"
