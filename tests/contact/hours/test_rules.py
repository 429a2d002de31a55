"""Opening hours, by tables."""

from datetime import UTC, datetime
from typing import Any

import pytest
from pydantic import ValidationError

from stoa.contact.hours.rules import is_open, next_opening
from stoa.contact.hours.schemas import OpeningHours

WARSAW: dict[str, Any] = {
    "timezone": "Europe/Warsaw",
    "weekly": {
        "mon": [["09:00", "12:00"], ["13:00", "17:00"]],
        "fri": [["09:00", "15:00"]],
    },
}


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("moment", "expected", "opens"),
    [
        ("2026-11-23T07:59", False, "2026-11-23T08:00"),  # Monday, winter: Warsaw is UTC+1
        ("2026-11-23T08:00", True, "2026-11-23T12:00"),
        ("2026-11-23T11:30", False, "2026-11-23T12:00"),
        ("2026-11-23T16:00", False, "2026-11-27T08:00"),
        ("2026-11-27T14:30", False, "2026-11-30T08:00"),
        ("2026-07-06T07:00", True, "2026-07-06T11:00"),  # summer: UTC+2
    ],
)
def test_hours(moment: str, expected: bool, opens: str) -> None:
    hours = OpeningHours.model_validate(WARSAW)
    assert is_open(hours, at=at(moment)) is expected
    assert next_opening(hours, after=at(moment)) == at(opens)


def test_without_hours_the_shop_is_open_and_never_opens_later() -> None:
    assert is_open(None, at=at("2026-11-22T03:00"))
    assert next_opening(None, after=at("2026-11-22T03:00")) is None
    never = OpeningHours.model_validate({"timezone": "UTC"})
    assert not is_open(never, at=at("2026-11-22T03:00"))
    assert next_opening(never, after=at("2026-11-22T03:00")) is None


@pytest.mark.parametrize(
    "hours",
    [
        {"timezone": "Mars/Olympus"},
        {"timezone": "../../etc/passwd"},
        {"weekly": {}},
        {"timezone": "UTC", "weekly": {"mon": [["9 o'clock", "17:00"]]}},
    ],
)
def test_unreadable_hours_are_refused(hours: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        OpeningHours.model_validate(hours)
