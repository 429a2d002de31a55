"""Whether something may leave now: decided in one place, for every channel. Pure.

Consent is the person's, recorded for an address and a purpose; whoever wrote to us from an address
may be answered there for a while without being asked. Quiet hours are the recipient's, by the
country of their number.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from datetime import time as clock_time
from typing import Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import phonenumbers
from phonenumbers.timezone import time_zones_for_number

from stoa.contact.channels.models import Purpose
from stoa.contact.channels.protocol import Capabilities
from stoa.contact.channels.schemas import Limits

UNKNOWN_ZONE: Final = "Etc/Unknown"
_MOST_ZONES: Final = 12  # of one country


@dataclass(frozen=True, slots=True)
class Now:
    """It may leave."""


@dataclass(frozen=True, slots=True)
class WaitUntil:
    """Not yet: quiet hours."""

    at: datetime


@dataclass(frozen=True, slots=True)
class Refused:
    """It may not; `channel.problem.<reason>` has the words."""

    reason: str


Verdict = Now | WaitUntil | Refused


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known when something wants to leave."""

    is_dead: bool = False
    is_in_window: bool = True  # the channel lets us write to them now
    consent: bool | None = None  # for this purpose: given, taken back or refused, never said
    is_owed: bool = False  # an order's own mail: the law wants it sent
    is_answer: bool = False  # they wrote from there, lately, and after taking anything back
    sent_today: int = 0  # to this person, answers not counted
    zones: Sequence[ZoneInfo] = field(default_factory=tuple)


def decide(
    facts: Facts, *, limits: Limits, capabilities: Capabilities, purpose: Purpose, now: datetime
) -> Verdict:
    """Pure. Death, then the channel's own window, then consent, then the cap, then the clock."""
    if facts.is_dead:
        return Refused("address_dead")
    if not facts.is_in_window:
        return Refused("window_closed")
    if purpose is Purpose.CONFIRMATION:
        return Now()  # whoever asks for it waits for it; how often is `consent.ask_consent`'s
    is_answer = facts.is_answer and purpose is Purpose.SERVICE
    is_owed = facts.is_owed and not capabilities.needs_consent
    if facts.consent is False and not is_answer and not is_owed:
        return Refused("consent_withdrawn")
    has_to_be_asked = capabilities.needs_consent or purpose is Purpose.MARKETING
    if has_to_be_asked and not facts.consent and not is_answer:
        return Refused("no_consent")
    if is_answer or not capabilities.has_quiet_hours:
        return Now()
    at = now
    if facts.sent_today >= limits.per_day:
        if purpose is not Purpose.MARKETING:
            # Tomorrow nobody needs to know that the parcel is at the door.
            return Refused("daily_cap")
        at = next_day(now, zones=facts.zones)
    if purpose is Purpose.URGENT and limits.is_urgent_exempt:
        return Now()
    at = end_of_quiet(at, limits=limits, zones=facts.zones)
    return Now() if at <= now else WaitUntil(at)


def nth_of_day(
    verdict: Verdict, *, at: datetime, zones: Sequence[ZoneInfo], sent_today: int, waiting: int
) -> int:
    """Which message of its day the next one would be, counted where they are.

    Whatever waits leaves before it. With one sent today and two that wait, one that leaves today is
    the fourth, and one that waits for tomorrow, as they do, is the third.
    """
    is_today = not isinstance(verdict, WaitUntil) or verdict.at < next_day(at, zones=zones)
    return waiting + 1 + (sent_today if is_today else 0)


def end_of_quiet(at: datetime, *, limits: Limits, zones: Sequence[ZoneInfo]) -> datetime:
    """The first moment from `at` on at which it is quiet in none of the zones.

    With 20:00 to 08:00, half past nine in the evening in Warsaw is eight the next morning there.
    A country with many zones is asked about each: nobody knows in which of them the phone is. Where
    no moment suits all of them, the last one's morning decides.
    """
    for _ in range(_MOST_ZONES):
        ends = [quiet_end(at, limits=limits, zone=zone) for zone in zones[:_MOST_ZONES]]
        latest = max(ends, default=at)
        if latest <= at:
            return at
        at = latest
    return at


def quiet_end(at: datetime, *, limits: Limits, zone: ZoneInfo) -> datetime:
    """`at` if it is not quiet there, else when it ends."""
    local = at.astimezone(zone)
    start, end, clock = limits.quiet_from, limits.quiet_until, local.time()
    is_over_midnight = start > end
    is_quiet = clock >= start or clock < end if is_over_midnight else start <= clock < end
    if not is_quiet:
        return at
    day = local.date()
    if is_over_midnight and clock >= start:
        day += timedelta(days=1)
    return datetime.combine(day, end, zone).astimezone(at.tzinfo)


def next_day(at: datetime, *, zones: Sequence[ZoneInfo]) -> datetime:
    """Midnight where they are."""
    zone = zones[0] if zones else ZoneInfo("UTC")
    tomorrow = at.astimezone(zone).date() + timedelta(days=1)
    return datetime.combine(tomorrow, clock_time(), zone).astimezone(at.tzinfo)


def zones_of_number(number: str) -> Sequence[ZoneInfo]:
    """The time zones in which a number of this country and area can be; none if that is unknown."""
    try:
        parsed = phonenumbers.parse(number, None)
    except phonenumbers.NumberParseException:
        return ()
    return zones_named(time_zones_for_number(parsed))


def zones_of_country(country: str) -> Sequence[ZoneInfo]:
    """The first zone of a country, by an example of its numbers."""
    example = phonenumbers.example_number(country)
    return zones_named(time_zones_for_number(example))[:1] if example else ()


def zones_named(names: Sequence[str]) -> Sequence[ZoneInfo]:
    """Those of the names that are time zones."""
    found = []
    for name in names:
        try:
            if name != UNKNOWN_ZONE:
                found.append(ZoneInfo(name))
        except (ZoneInfoNotFoundError, ValueError):
            continue
    return found
