"""Identifiers: of the kind they say, and in the order in which they were made."""

import time

import pytest

from stoa.platform import ids
from stoa.platform.ids import new_id


def test_is_a_uuid_of_version_7_that_tells_when_it_was_made() -> None:
    before = time.time_ns() // 1_000_000
    made = new_id()
    assert (made.version, made.variant) == (7, "specified in RFC 4122")
    assert before <= made.int >> 80 <= time.time_ns() // 1_000_000


def test_sorts_in_the_order_of_making_also_within_a_millisecond() -> None:
    made = [new_id() for _ in range(10_000)]
    assert sorted(made) == made
    assert len({one.int & (1 << 62) - 1 for one in made}) == len(made), "the rest is random"


def test_sorts_in_the_order_of_making_also_when_the_clock_was_set_back(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(ids, "_latest", 0)
    clock = iter([2_000_000_000, 1_000_000_000, 1_000_000_000])
    monkeypatch.setattr(time, "time_ns", lambda: next(clock))
    made = [new_id() for _ in range(3)]
    assert sorted(made) == made
