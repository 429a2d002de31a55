"""Where a conversation waits."""

from uuid import UUID

import pytest

from stoa.contact.routing.models import Floor, Origin, Queue, Team
from stoa.contact.routing.rules import circle_in, queue_for
from tests.contact.routing.named import a_queue, named

SHOP, OTHER_SHOP, INBOX = named("shop"), named("other shop"), named("inbox")


def a_team(
    name: str, *queues: Queue, languages: tuple[str, ...] = (), shop: UUID | None = None
) -> Team:
    return Team(
        named(name),
        name,
        shop_ids=frozenset({shop} if shop else ()),
        languages=frozenset(languages),
        queues=queues,
    )


FLOOR = Floor(
    teams=(
        a_team("All", a_queue("counter", takes_counter=True), a_queue("mail", priority=1)),
        a_team("Polish", a_queue("po polsku", takes_counter=True), languages=("pl",)),
        a_team(
            "Other",
            a_queue("elsewhere", takes_counter=True, priority=9),
            languages=("el", "it"),
            shop=OTHER_SHOP,
        ),
        a_team("Letters", a_queue("letters", inbox_ids=frozenset({INBOX}))),
    )
)


@pytest.mark.parametrize(
    ("origin", "expected"),
    [
        (Origin(SHOP, None, "en"), "counter"),
        (Origin(SHOP, None, "pl"), "po polsku"),
        (Origin(SHOP, None, "el"), "counter"),
        (Origin(OTHER_SHOP, None, "el"), "elsewhere"),
        (Origin(OTHER_SHOP, None, "de"), "counter"),
        (Origin(SHOP, INBOX, "pl"), "letters"),
        (Origin(SHOP, named("another inbox"), "pl"), None),
    ],
)
def test_a_conversation_waits_where_its_origin_belongs(
    origin: Origin, expected: str | None
) -> None:
    queue = queue_for(origin, FLOOR)
    assert (queue and queue.name) == expected


def test_without_teams_there_is_no_queue() -> None:
    assert queue_for(Origin(SHOP, None, "en"), Floor()) is None


def test_of_two_queues_the_higher_priority_takes_it_then_the_first() -> None:
    low, high = a_queue("low", takes_counter=True), a_queue("high", takes_counter=True, priority=2)
    found = queue_for(Origin(SHOP, None, "en"), Floor((a_team("One", low), a_team("Two", high))))
    assert found == high
    other = a_queue("other", takes_counter=True)
    found = queue_for(Origin(SHOP, None, "en"), Floor((a_team("One", low, other),)))
    assert found == low


@pytest.mark.parametrize(
    ("overflows", "expected"),
    [
        ({}, False),
        ({"a": "b", "b": None}, False),
        ({"a": "b", "b": "c", "c": None, "d": "b"}, False),
        ({"a": "a"}, True),
        ({"a": "b", "b": "a"}, True),
        ({"x": "a", "a": "b", "b": "c", "c": "a"}, True),
    ],
)
def test_a_circle_of_overflows_is_seen(overflows: dict[str, str | None], expected: bool) -> None:
    found = circle_in({named(a): named(b) if b else None for a, b in overflows.items()})
    assert found is expected
