"""Opening hours, by tables and properties."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from stoa.contact.hours.calendars import holidays_of
from stoa.contact.hours.rules import (
    HORIZON,
    add_business_seconds,
    business_seconds_between,
    closes_at,
    is_open,
    next_opening,
    words_for,
)
from stoa.contact.hours.schemas import DAYS, OpeningHours

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
        {"timezone": "UTC", "weekly": {"mon": [["09:00Z", "17:00"]]}},
        {"timezone": "UTC", "weekly": {"someday": []}},
        {"timezone": "UTC", "holidays": {"country": "XX"}},
        {"timezone": "UTC", "holidays": {"country": "DE", "region": "XY"}},
        {"timezone": "UTC", "days": [{"from_date": "2026-05-02", "to_date": "2026-05-01"}]},
    ],
)
def test_unreadable_hours_are_refused(hours: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        OpeningHours.model_validate(hours)


EVENINGS: dict[str, Any] = {
    "timezone": "Europe/Athens",
    "weekly": {
        "fri": [["18:00", "02:00"]],
        "sat": [["00:00", "00:00"]],
        "sun": [["00:00", "03:30"], ["03:00", "05:00"]],
    },
}


@pytest.mark.parametrize(
    ("moment", "expected"),
    [
        ("2026-07-03T14:59", False),  # Friday; Athens is UTC+3 in summer
        ("2026-07-03T15:00", True),
        ("2026-07-03T22:59", True),  # 1:59 on Saturday
        ("2026-07-04T20:59", True),
        ("2026-07-05T01:59", True),  # two spans that overlap
        ("2026-07-05T02:00", False),
    ],
)
def test_a_span_lasts_beyond_midnight(moment: str, expected: bool) -> None:
    assert is_open(OpeningHours.model_validate(EVENINGS), at=at(moment)) is expected


def test_what_follows_without_a_gap_is_one_opening() -> None:
    hours = OpeningHours.model_validate(EVENINGS)
    assert closes_at(hours, at=at("2026-07-03T16:00")) == at("2026-07-05T02:00")
    assert next_opening(hours, after=at("2026-07-03T16:00")) == at("2026-07-10T15:00")


@pytest.mark.parametrize(
    ("zone", "day", "spans", "seconds"),
    [
        # The last Sunday of March has 23 hours, that of October 25.
        ("Europe/Warsaw", "2026-03-29", [["00:00", "00:00"]], 23 * 3600),
        ("Europe/Warsaw", "2026-10-25", [["00:00", "00:00"]], 25 * 3600),
        ("Europe/Athens", "2026-03-29", [["00:00", "00:00"]], 23 * 3600),
        ("Europe/Athens", "2026-10-25", [["00:00", "00:00"]], 25 * 3600),
        # In Warsaw 2:00 to 3:00 is left out and comes twice, in Athens 3:00 to 4:00.
        ("Europe/Warsaw", "2026-03-29", [["02:30", "05:00"]], 2 * 3600),
        ("Europe/Warsaw", "2026-03-29", [["01:00", "02:30"]], 3600),
        ("Europe/Warsaw", "2026-03-29", [["02:10", "02:50"]], 0),
        ("Europe/Warsaw", "2026-10-25", [["02:00", "03:00"]], 2 * 3600),
        ("Europe/Warsaw", "2026-10-25", [["01:00", "02:30"]], 9000),
        ("Europe/Athens", "2026-03-29", [["02:00", "05:00"]], 2 * 3600),
        ("Europe/Athens", "2026-10-25", [["03:30", "04:00"]], 5400),
    ],
)
def test_counts_the_hour_that_is_missing_or_comes_twice(
    zone: str, day: str, spans: list[list[str]], seconds: int
) -> None:
    hours = OpeningHours.model_validate({"timezone": zone, "weekly": {"sun": spans}})
    noon = datetime.fromisoformat(f"{day}T12:00").replace(tzinfo=UTC)
    start, end = noon - timedelta(hours=18), noon + timedelta(hours=18)
    assert business_seconds_between(hours, start=start, end=end) == seconds


def test_counts_over_the_night() -> None:
    hours = OpeningHours.model_validate(WARSAW)
    start, end = at("2026-11-23T15:30"), at("2026-11-27T08:10")  # Monday 16:30, Friday 9:10
    assert business_seconds_between(hours, start=start, end=end) == 2400
    assert add_business_seconds(hours, start=start, seconds=2400) == end
    assert business_seconds_between(hours, start=end, end=start) == 0


@pytest.mark.parametrize(
    ("moment", "expected"),
    [
        ("2026-11-11T10:00", False),  # Independence Day, a Wednesday
        ("2026-11-12T10:00", True),
        ("2026-12-24T10:00", True),  # its own day wins over the holiday it is since 2025
        ("2026-12-24T13:00", False),
        ("2026-08-03T10:00", False),  # within two weeks of its own
        ("2026-08-17T10:00", True),
    ],
)
def test_days_that_are_not_as_usual(moment: str, expected: bool) -> None:
    hours = OpeningHours.model_validate(
        {
            "timezone": "Europe/Warsaw",
            "weekly": {day: [["09:00", "17:00"]] for day in DAYS[:5]},
            "holidays": {"country": "PL"},
            "days": [
                {"from_date": "2026-12-24", "to_date": "2026-12-24", "spans": [["09:00", "13:00"]]},
                {"from_date": "2026-08-03", "to_date": "2026-08-14", "name": "Summer"},
            ],
        }
    )
    assert is_open(hours, at=at(moment)) is expected


def test_a_region_has_holidays_of_its_own() -> None:
    weekly = {day: [["09:00", "17:00"]] for day in DAYS}
    in_bavaria, in_berlin = (
        OpeningHours.model_validate(
            {
                "timezone": "Europe/Berlin",
                "weekly": weekly,
                "holidays": {"country": "DE", "region": region},
            }
        )
        for region in ("BY", "BE")
    )
    epiphany = at("2026-01-06T10:00")
    assert not is_open(in_bavaria, at=epiphany)
    assert is_open(in_berlin, at=epiphany)


def test_names_holidays_in_the_readers_language() -> None:
    day = date(2026, 1, 1)
    names = [
        holidays_of(country, region="", year=2026, language=language)[day]
        for country, language in (("PL", "pl"), ("GR", "el"), ("PL", "de"), ("PL", "it"))
    ]
    assert names == ["Nowy Rok", "Πρωτοχρονιά", "Neujahr", "New Year's Day"]


def test_a_channel_has_its_own_week() -> None:
    hours = OpeningHours.model_validate(
        {**WARSAW, "channels": {"call": {"mon": [["09:00", "20:00"]]}}}
    )
    evening = at("2026-11-23T18:00")
    assert not is_open(hours, at=evening, channel="chat")
    assert is_open(hours, at=evening, channel="call")
    assert closes_at(hours, at=evening, channel="call") == at("2026-11-23T19:00")
    assert next_opening(hours, after=evening, channel="call") == at("2026-11-30T08:00")


def test_words_of_a_channel_win_over_those_for_all() -> None:
    words = {"all": {"en": "Closed", "pl": "Zamknięte"}, "email": {"en": "We will write", "de": ""}}
    hours = OpeningHours.model_validate({**WARSAW, "words": words})
    assert words_for(hours, channel="email") == {"en": "We will write", "pl": "Zamknięte"}
    assert words_for(None, channel="email") == {}


WALL_TIMES = st.times().map(lambda time: time.replace(second=0, microsecond=0).isoformat())
SPANS = st.lists(st.tuples(WALL_TIMES, WALL_TIMES), max_size=3)
HOURS = st.builds(
    lambda zone, weekly, country: OpeningHours.model_validate(
        {"timezone": zone, "weekly": weekly, "holidays": country and {"country": country}}
    ),
    st.sampled_from(["Europe/Warsaw", "Europe/Athens"]),
    st.dictionaries(st.sampled_from(DAYS), SPANS, max_size=7),
    st.sampled_from([None, "PL", "GR"]),
)
# Around both nights in which the clocks change, and in between. Hypothesis takes bare moments.
MOMENTS = st.datetimes(datetime(2026, 3, 26), datetime(2026, 11, 2), timezones=st.just(UTC))  # noqa: DTZ001
NEAR_A_CHANGE = st.builds(
    lambda night, hours: night + timedelta(hours=hours),
    st.sampled_from([at("2026-03-29T01:00"), at("2026-10-25T01:00")]),
    st.floats(-40, 40).map(lambda hours: round(hours, 2)),
)


@given(HOURS, st.one_of(MOMENTS, NEAR_A_CHANGE), st.integers(1, 500_000))
def test_adding_and_counting_undo_one_another(
    hours: OpeningHours, start: datetime, seconds: int
) -> None:
    end = add_business_seconds(hours, start=start, seconds=seconds)
    if end is None:
        assert business_seconds_between(hours, start=start, end=start + HORIZON) < seconds
        return
    assert business_seconds_between(hours, start=start, end=end) == pytest.approx(seconds)
    just_before = end - timedelta(seconds=1)
    assert business_seconds_between(hours, start=start, end=just_before) < seconds
    assert is_open(hours, at=just_before)


@given(HOURS, st.lists(st.one_of(MOMENTS, NEAR_A_CHANGE), min_size=3, max_size=3).map(sorted))
def test_time_adds_up(hours: OpeningHours, moments: list[datetime]) -> None:
    one, two, three = moments
    whole = business_seconds_between(hours, start=one, end=three)
    parts = business_seconds_between(hours, start=one, end=two) + business_seconds_between(
        hours, start=two, end=three
    )
    assert whole == pytest.approx(parts)
    assert 0 <= whole <= (three - one).total_seconds()


@given(HOURS, st.one_of(MOMENTS, NEAR_A_CHANGE))
def test_it_is_closed_until_it_opens(hours: OpeningHours, moment: datetime) -> None:
    opens = next_opening(hours, after=moment)
    if is_open(hours, at=moment):
        closes = closes_at(hours, at=moment)
        assert closes is None or not is_open(hours, at=closes)
    elif opens is not None:
        assert is_open(hours, at=opens)
        assert business_seconds_between(hours, start=moment, end=opens) == 0
