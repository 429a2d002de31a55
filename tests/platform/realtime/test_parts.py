"""A large note goes in parts and comes whole, or not at all."""

from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from stoa.platform.realtime.parts import Joiner, in_parts

Part = dict[str, Any]


def parts_of(note: object, *, number: int = 1) -> list[Part]:
    names = ("number", "at", "count", "text")
    return [
        dict(zip(names, orjson.loads(part)[1:], strict=True))
        for part in in_parts(orjson.dumps(note), number=number)
    ]


def large(seed: int) -> list[object]:
    return ["s", "topic", "type", [(number * seed) % 9_973_541 for number in range(1, 20_000)]]


@given(st.binary(max_size=40_000))
def test_every_part_fits_and_the_whole_is_the_note(data: bytes) -> None:
    note = ["s", "topic", "type", data.hex()]
    parts = list(in_parts(orjson.dumps(note), number=1))
    assert all(len(part) < 7_600 for part in parts)
    joiner = Joiner()
    joined = [joiner.join(sender="a", **part) for part in parts_of(note)]
    assert joined == [None] * (len(parts) - 1) + [note]


def test_two_senders_at_once_are_kept_apart() -> None:
    joiner, came = Joiner(), []
    first, second = parts_of(large(7_919)), parts_of(large(104_729))
    assert min(len(first), len(second)) > 3
    for one, two in zip(first, second, strict=False):
        came += [joiner.join(sender="a", **one), joiner.join(sender="b", **two)]
    assert any(note in (large(7_919), large(104_729)) for note in came)


@pytest.mark.parametrize("missing", [0, 1, -1])
def test_a_note_with_a_hole_is_dropped_and_the_next_one_comes(missing: int) -> None:
    joiner = Joiner()
    parts = parts_of(large(7_919))
    for part in [part for part in parts if part is not parts[missing]]:
        assert joiner.join(sender="a", **part) is None
    came = [joiner.join(sender="a", **part) for part in parts_of(large(7_919), number=2)]
    assert came[-1] == large(7_919)


def test_rubbish_is_dropped() -> None:
    joiner = Joiner()
    assert joiner.join(sender="a", number=1, at=0, count=1, text="not packed") is None
    assert joiner.join(sender="a", number=2, at=5, count=9, text="") is None
