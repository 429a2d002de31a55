"""Expected waits, by tables."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stoa.contact.channels.rules import expected_wait, round_wait


@pytest.mark.parametrize(
    ("seconds", "expected"),
    [
        ([], None),
        ([10, 20], None),
        ([8, 12, 18, 25, 90], (15, 25)),
        ([3, 3, 3, 3], (5, 5)),
        ([700, 800, 900, 1000], (900, 900)),
    ],
)
def test_expected_wait(seconds: list[float], expected: tuple[int, int] | None) -> None:
    wait = expected_wait(seconds)
    assert (wait and (wait.low_seconds, wait.high_seconds)) == expected


@given(st.lists(st.floats(0, 100_000), min_size=3, max_size=60))
def test_a_wait_is_a_range_within_what_happened(seconds: list[float]) -> None:
    wait = expected_wait(seconds)
    assert wait is not None
    assert 0 < wait.low_seconds <= wait.high_seconds <= round_wait(max(seconds))
