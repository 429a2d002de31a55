"""Who gets what: by tables, and for whatever may come."""

from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stoa.contact.routing.models import Agent, Queue, Rule, Waiting
from stoa.contact.routing.rules import assign, can_serve, weight_of
from tests.contact.routing.named import a_queue, named

START = datetime(2026, 11, 30, 9, tzinfo=UTC)


def an_agent(
    name: str, *languages: str, skills: tuple[str, ...] = (), capacity: int = 500, load: int = 0
) -> Agent:
    return Agent(
        named(name), name, frozenset(languages or ("en",)), frozenset(skills), capacity, load
    )


def waiting(
    name: str, *, queue: str = "Chat", locale: str = "en", percent: int = 100, after: int = 0
) -> Waiting:
    return Waiting(named(name), named(queue), locale, percent, START + timedelta(seconds=after))


def who_gets(
    *conversations: Waiting,
    queues: tuple[Queue, ...],
    agents: tuple[Agent, ...],
    turns: dict[tuple[UUID, UUID], int] | None = None,
) -> dict[str, str]:
    """Conversation -> agent, by name."""
    names = {named(name): name for name in "abcdefgh"}
    everybody = frozenset(agent.id for agent in agents)
    given_out = assign(
        conversations,
        queues={queue.id: queue for queue in queues},
        members={queue.id: everybody for queue in queues},
        agents=agents,
        turns=turns or {},
    )
    return {names[one.conversation_id]: one.agent.name for one in given_out}


@pytest.mark.parametrize(
    ("channel", "is_letter", "is_left", "weights", "expected"),
    [
        ("chat", False, False, {}, 100),
        ("chat", False, True, {}, 25),
        ("email", True, False, {}, 25),
        ("sms", True, False, {"sms": 50}, 50),
        ("chat", False, False, {"chat": 80}, 80),
        ("chat", False, True, {"chat": 80}, 25),
        ("chat", False, True, {"message": 10}, 10),
    ],
)
def test_a_letter_weighs_less_than_somebody_at_the_counter(
    channel: str, is_letter: bool, is_left: bool, weights: dict[str, int], expected: int
) -> None:
    found = weight_of(channel=channel, is_letter=is_letter, is_left=is_left, weights=weights)
    assert found == expected


def test_whoever_speaks_the_language_gets_it() -> None:
    agents = (an_agent("Ada", "en", "de"), an_agent("Ola", "pl", "en", load=300))
    assert who_gets(waiting("a", locale="pl"), queues=(a_queue(),), agents=agents) == {"a": "Ola"}


def test_nobody_gets_what_they_cannot_read_unless_the_queue_says_so() -> None:
    agents = (an_agent("Ada", "en"),)
    polish = waiting("a", locale="pl")
    assert who_gets(polish, queues=(a_queue(),), agents=agents) == {}
    lenient = a_queue(needs_language=False)
    assert who_gets(polish, queues=(lenient,), agents=agents) == {"a": "Ada"}
    both = (*agents, an_agent("Ola", "pl", load=400))
    assert who_gets(polish, queues=(lenient,), agents=both) == {"a": "Ola"}


def test_every_skill_of_the_queue_is_needed() -> None:
    queue = a_queue(skills=frozenset({"wine", "returns"}))
    agents = (
        an_agent("Ada", "en", skills=("wine",)),
        an_agent("Bob", "en", skills=("wine", "returns", "glass"), load=400),
    )
    assert who_gets(waiting("a"), queues=(queue,), agents=agents) == {"a": "Bob"}
    assert who_gets(waiting("a"), queues=(queue,), agents=agents[:1]) == {}
    assert not can_serve(agents[0], locale="en", queue=queue)


def test_the_higher_queue_goes_first_then_who_waits_longest() -> None:
    queues = (a_queue("Chat", priority=5), a_queue("Mail"))
    agents = (an_agent("Ada", capacity=200),)
    found = who_gets(
        waiting("a", queue="Mail", after=0),
        waiting("b", after=20),
        waiting("c", after=10),
        queues=queues,
        agents=agents,
    )
    assert list(found) == ["c", "b"]


def test_a_letter_fits_where_a_chat_does_not() -> None:
    agents = (an_agent("Ada", capacity=100, load=50),)
    found = who_gets(
        waiting("a"),
        waiting("b", percent=25, after=1),
        waiting("c", percent=25, after=2),
        waiting("d", percent=25, after=3),
        queues=(a_queue(),),
        agents=agents,
    )
    assert found == {"b": "Ada", "c": "Ada"}


def test_least_busy_is_least_busy_and_turns_decide_between_equals() -> None:
    agents = (an_agent("Ada", load=100), an_agent("Bob"), an_agent("Cem"))
    turns = {(named("Chat"), named("Bob")): 3, (named("Chat"), named("Cem")): 2}
    found = who_gets(
        *(waiting(name, after=at) for at, name in enumerate("abcd")),
        queues=(a_queue(),),
        agents=agents,
        turns=turns,
    )
    assert found == {"a": "Cem", "b": "Bob", "c": "Ada", "d": "Cem"}


def test_round_robin_goes_on_where_it_stopped_whatever_they_have() -> None:
    agents = (an_agent("Ada"), an_agent("Bob", load=300), an_agent("Cem"))
    turns = {
        (named("Chat"), named("Ada")): 7,
        (named("Chat"), named("Bob")): 5,
        (named("Chat"), named("Cem")): 6,
    }
    found = who_gets(
        *(waiting(name, after=at) for at, name in enumerate("abcd")),
        queues=(a_queue(rule=Rule.ROUND_ROBIN),),
        agents=agents,
        turns=turns,
    )
    assert found == {"a": "Bob", "b": "Cem", "c": "Ada", "d": "Bob"}


def test_who_has_answered_before_goes_first_but_not_before_the_language() -> None:
    agents = (an_agent("Ada", "en", load=300), an_agent("Bob", "en"), an_agent("Ola", "pl"))
    known = replace(waiting("a"), known_to=named("Ada"))
    lenient = a_queue(needs_language=False)
    assert who_gets(known, queues=(lenient,), agents=agents) == {"a": "Ada"}
    polish = replace(waiting("a", locale="pl"), known_to=named("Ada"))
    assert who_gets(polish, queues=(lenient,), agents=agents) == {"a": "Ola"}


def test_who_put_it_back_does_not_get_it_again() -> None:
    refused = replace(waiting("a"), put_back_by=named("Ada"), known_to=named("Ada"))
    agents = (an_agent("Ada"), an_agent("Bob", load=400))
    assert who_gets(refused, queues=(a_queue(),), agents=agents) == {"a": "Bob"}
    assert who_gets(refused, queues=(a_queue(),), agents=agents[:1]) == {}


def test_in_a_manual_queue_nobody_is_given_anything() -> None:
    agents = (an_agent("Ada"),)
    assert who_gets(waiting("a"), queues=(a_queue(rule=Rule.MANUAL),), agents=agents) == {}


LANGUAGES = st.frozensets(st.sampled_from(["en", "pl", "de"]), min_size=1)
AGENTS = st.lists(
    st.builds(
        lambda number, languages, skills, capacity, load: Agent(
            UUID(int=number + 1), str(number), languages, skills, capacity * 100, load * 25
        ),
        st.integers(0, 20),
        LANGUAGES,
        st.frozensets(st.sampled_from(["wine", "returns"])),
        st.integers(0, 6),
        st.integers(0, 12),
    ),
    unique_by=lambda agent: agent.id,
    max_size=8,
)
QUEUES = st.lists(
    st.builds(
        lambda number, rule, priority, skills, needs: Queue(
            id=UUID(int=1000 + number),
            team_id=UUID(int=1),
            name=str(number),
            rule=rule,
            priority=priority,
            skills=skills,
            needs_language=needs,
        ),
        st.integers(0, 3),
        st.sampled_from(Rule),
        st.integers(0, 9),
        st.frozensets(st.sampled_from(["wine", "returns"])),
        st.booleans(),
    ),
    unique_by=lambda queue: queue.id,
    min_size=1,
    max_size=4,
)


@given(AGENTS, QUEUES, st.data())
def test_nobody_gets_more_than_they_have_room_for_or_what_is_not_theirs(
    agents: list[Agent], queues: list[Queue], data: st.DataObject
) -> None:
    by_id = {queue.id: queue for queue in queues}
    ids = [agent.id for agent in agents]
    members = {
        queue.id: frozenset(data.draw(st.sets(st.sampled_from(ids)))) if ids else frozenset()
        for queue in queues
    }
    conversations = [
        Waiting(
            UUID(int=5000 + number),
            data.draw(st.sampled_from(queues)).id,
            data.draw(st.sampled_from(["en", "pl", "de", "el"])),
            data.draw(st.sampled_from([25, 50, 100])),
            START + timedelta(seconds=data.draw(st.integers(0, 100))),
        )
        for number in range(data.draw(st.integers(0, 25)))
    ]
    found = assign(conversations, queues=by_id, members=members, agents=agents, turns={})
    known = {one.id: one for one in conversations}
    assert len({one.conversation_id for one in found}) == len(found), "each is given out once"
    got: Counter[UUID] = Counter()
    for one in found:
        asked, queue = known[one.conversation_id], by_id[one.queue_id]
        assert queue.rule is not Rule.MANUAL
        assert one.agent.id in members[queue.id]
        assert can_serve(one.agent, locale=asked.locale, queue=queue)
        got[one.agent.id] += asked.percent
    for agent in agents:
        assert not got[agent.id] or agent.load + got[agent.id] <= agent.capacity
    left = [
        one for one in conversations if one.id not in {given.conversation_id for given in found}
    ]
    for asked in left:
        queue = by_id[asked.queue_id]
        assert queue.rule is Rule.MANUAL or not any(
            agent.id in members[queue.id]
            and agent.load + got[agent.id] + asked.percent <= agent.capacity
            and can_serve(agent, locale=asked.locale, queue=queue)
            for agent in agents
        ), "nobody waits for whom somebody has room"


@given(
    st.integers(2, 6),
    st.lists(st.integers(1, 5), min_size=1, max_size=8),
    st.sampled_from([Rule.ROUND_ROBIN, Rule.LEAST_BUSY]),
)
def test_turns_are_fair_over_many_rounds(people: int, rounds: list[int], rule: Rule) -> None:
    queue = Queue(id=UUID(int=1), team_id=UUID(int=2), name="Chat", rule=rule)
    agents = [
        Agent(UUID(int=10 + n), str(n), frozenset({"en"}), frozenset(), 100_000)
        for n in range(people)
    ]
    turns: dict[tuple[UUID, UUID], int] = {}
    got = Counter({agent.id: 0 for agent in agents})
    number = 100
    for size in rounds:
        conversations = [
            Waiting(UUID(int=number + n), queue.id, "en", 100, START + timedelta(seconds=n))
            for n in range(size)
        ]
        number += size
        for one in assign(
            conversations,
            queues={queue.id: queue},
            members={queue.id: frozenset(agent.id for agent in agents)},
            agents=agents,
            turns=turns,
        ):
            turns[queue.id, one.agent.id] = one.turn
            got[one.agent.id] += 1
        assert max(got.values()) - min(got.values()) <= 1
    assert got.total() == sum(rounds)


@given(st.lists(st.sampled_from(["en", "pl"]), min_size=1, max_size=12))
def test_language_goes_before_load(locales: list[str]) -> None:
    queue = a_queue(needs_language=False)
    agents = (an_agent("Ada", "en", capacity=2000), an_agent("Ola", "pl", capacity=2000))
    conversations = [
        Waiting(UUID(int=n + 1), queue.id, locale, 100, START + timedelta(seconds=n))
        for n, locale in enumerate(locales)
    ]
    found = assign(
        conversations,
        queues={queue.id: queue},
        members={queue.id: frozenset(agent.id for agent in agents)},
        agents=agents,
        turns={},
    )
    assert [one.agent.name for one in found] == [
        "Ada" if locale == "en" else "Ola" for locale in locales
    ]
