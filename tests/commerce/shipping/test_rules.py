"""Parcels arrive on working days."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stoa.commerce.shipping.rules import add_working_days, arrival_window


@pytest.mark.parametrize(
    ("day", "count", "expected"),
    [
        (date(2026, 11, 20), 0, date(2026, 11, 20)),  # a Friday
        (date(2026, 11, 20), 1, date(2026, 11, 23)),
        (date(2026, 11, 21), 0, date(2026, 11, 23)),
        (date(2026, 11, 21), 1, date(2026, 11, 23)),
        (date(2026, 11, 18), 5, date(2026, 11, 25)),
    ],
)
def test_skips_the_weekend(day: date, count: int, expected: date) -> None:
    assert add_working_days(day, count) == expected


@given(st.dates(date(2000, 1, 1), date(2100, 1, 1)), st.integers(0, 30), st.integers(0, 30))
def test_ends_no_earlier_than_it_begins(day: date, shortest: int, more: int) -> None:
    first, last = arrival_window(day, days_min=shortest, days_max=shortest + more)
    assert day <= first <= last
    assert first.weekday() < 5
    assert last.weekday() < 5
