"""What may leave, and when: the decision, by tables."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from stoa.contact.channels.limits import (
    Facts,
    Now,
    Refused,
    Verdict,
    WaitUntil,
    decide,
    end_of_quiet,
    nth_of_day,
    zones_of_country,
    zones_of_number,
)
from stoa.contact.channels.models import Purpose
from stoa.contact.channels.schemas import Limits
from stoa.contact.channels.sms.channel import CHANNEL

WARSAW = ZoneInfo("Europe/Warsaw")
DAY = datetime(2026, 11, 30, 12, tzinfo=UTC)
NIGHT = datetime(2026, 11, 30, 21, 30, tzinfo=UTC)
MORNING = datetime(2026, 12, 1, 7, tzinfo=UTC)  # eight in Warsaw
GIVEN = Facts(consent=True, zones=(WARSAW,))
NEVER = Facts(zones=(WARSAW,))
S, U, M = Purpose.SERVICE, Purpose.URGENT, Purpose.MARKETING


@pytest.mark.parametrize(
    ("facts", "purpose", "now", "verdict"),
    [
        (GIVEN, U, DAY, Now()),
        (GIVEN, M, DAY, Now()),
        (NEVER, U, DAY, Refused("no_consent")),
        (NEVER, S, DAY, Refused("no_consent")),
        (NEVER, M, DAY, Refused("no_consent")),
        (replace(NEVER, consent=False), U, DAY, Refused("consent_withdrawn")),
        (replace(NEVER, is_answer=True), S, DAY, Now()),
        (replace(NEVER, is_answer=True), S, NIGHT, Now()),
        (replace(NEVER, is_answer=True), U, DAY, Refused("no_consent")),
        (replace(NEVER, is_answer=True), M, DAY, Refused("no_consent")),
        (replace(NEVER, is_answer=True, consent=False), S, DAY, Now()),
        (replace(GIVEN, is_dead=True, is_answer=True), S, DAY, Refused("address_dead")),
        (GIVEN, U, NIGHT, WaitUntil(MORNING)),
        (GIVEN, M, NIGHT, WaitUntil(MORNING)),
        (GIVEN, S, NIGHT, WaitUntil(MORNING)),
        (replace(GIVEN, sent_today=3), U, DAY, Refused("daily_cap")),
        (replace(GIVEN, sent_today=3), M, DAY, WaitUntil(MORNING)),
        (replace(GIVEN, sent_today=2), U, DAY, Now()),
        (replace(GIVEN, sent_today=9, is_answer=True), S, DAY, Now()),
    ],
)
def test_decides(facts: Facts, purpose: Purpose, now: datetime, verdict: Verdict) -> None:
    decided = decide(
        facts, limits=Limits(), capabilities=CHANNEL.capabilities, purpose=purpose, now=now
    )
    assert decided == verdict


def test_lets_urgent_notices_through_at_night_only_where_a_shop_says_so() -> None:
    limits = Limits(is_urgent_exempt=True)
    able = CHANNEL.capabilities
    assert decide(GIVEN, limits=limits, capabilities=able, purpose=U, now=NIGHT) == Now()
    assert decide(GIVEN, limits=limits, capabilities=able, purpose=M, now=NIGHT) != Now()


def test_asks_nobody_where_the_channel_needs_no_consent_but_for_mailings() -> None:
    able = replace(CHANNEL.capabilities, needs_consent=False, has_quiet_hours=False)
    assert decide(NEVER, limits=Limits(), capabilities=able, purpose=S, now=NIGHT) == Now()
    asked = decide(NEVER, limits=Limits(), capabilities=able, purpose=M, now=DAY)
    assert asked == Refused("no_consent")


@pytest.mark.parametrize(
    ("at", "zone", "end"),
    [
        ("2026-11-30T18:59+00:00", "Europe/Warsaw", "2026-11-30T18:59+00:00"),
        ("2026-11-30T19:00+00:00", "Europe/Warsaw", "2026-12-01T07:00+00:00"),
        ("2026-12-01T06:59+00:00", "Europe/Warsaw", "2026-12-01T07:00+00:00"),
        ("2026-12-01T07:00+00:00", "Europe/Warsaw", "2026-12-01T07:00+00:00"),
        ("2026-11-30T18:30+00:00", "Europe/Athens", "2026-12-01T06:00+00:00"),
        # The clocks go forward in the night.
        ("2026-03-28T20:00+00:00", "Europe/Berlin", "2026-03-29T06:00+00:00"),
    ],
)
def test_quiet_hours_end_by_the_clock_there(at: str, zone: str, end: str) -> None:
    found = end_of_quiet(datetime.fromisoformat(at), limits=Limits(), zones=[ZoneInfo(zone)])
    assert found == datetime.fromisoformat(end)


def test_waits_for_every_zone_a_number_can_be_in() -> None:
    zones = [ZoneInfo("America/New_York"), ZoneInfo("America/Los_Angeles")]
    at = datetime(2026, 11, 30, 14, tzinfo=UTC)  # nine in New York, six in Los Angeles
    assert end_of_quiet(at, limits=Limits(), zones=zones) == at + timedelta(hours=2)


@pytest.mark.parametrize(
    ("number", "zone"),
    [
        ("+48600100200", "Europe/Warsaw"),
        ("+306900000777", "Europe/Athens"),
        ("+4915123456789", "Europe/Berlin"),
        ("+393331234567", "Europe/Rome"),
    ],
)
def test_knows_the_zone_of_a_number(number: str, zone: str) -> None:
    assert str(zones_of_number(number)[0]) == zone


def test_knows_a_zone_of_a_country_and_none_of_nonsense() -> None:
    assert [str(one) for one in zones_of_country("GR")] == ["Europe/Athens"]
    assert zones_of_number("nonsense") == ()


@pytest.mark.parametrize(
    ("verdict", "sent_today", "waiting", "number"),
    [
        (Now(), 0, 0, 1),
        (Now(), 2, 0, 3),
        (Now(), 1, 2, 4),
        (WaitUntil(NIGHT), 1, 0, 2),
        (WaitUntil(MORNING), 3, 0, 1),
        (WaitUntil(MORNING), 1, 2, 3),
    ],
)
def test_counts_a_message_on_the_day_on_which_it_leaves(
    verdict: Verdict, sent_today: int, waiting: int, number: int
) -> None:
    found = nth_of_day(verdict, at=DAY, zones=[WARSAW], sent_today=sent_today, waiting=waiting)
    assert found == number


def test_has_no_quiet_hours_that_begin_when_they_end() -> None:
    always = Limits.model_validate({"quiet_from": "00:00", "quiet_until": "00:00"})
    assert end_of_quiet(NIGHT, limits=always, zones=[WARSAW]) == NIGHT
