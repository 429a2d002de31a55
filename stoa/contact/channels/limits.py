"""Whether something may leave now: decided in one place, for every channel.

Consent is the person's, recorded for an address and a purpose; whoever wrote to us from an address
may be answered there for a while without being asked. Quiet hours are the recipient's, by the
country of their number.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from datetime import time as clock_time
from typing import Any, Final
from uuid import UUID
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import phonenumbers
import structlog
from phonenumbers.timezone import time_zones_for_number
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from stoa.contact.channels.inboxes import type_of
from stoa.contact.channels.models import Purpose
from stoa.contact.channels.protocol import Capabilities
from stoa.people.consent.models import ConsentEntry
from stoa.people.consent.models import Purpose as Use
from stoa.people.consent.queries import standing_point_consents
from stoa.people.customers.models import Point, PointKind
from stoa.people.customers.queries import key_of
from stoa.platform.database.session import ReadSession

log = structlog.get_logger()

_UNKNOWN_ZONE: Final = "Etc/Unknown"
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


class Limits(BaseModel):
    """A shop's setting `limits`; what it does not say is as here."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    quiet_from: clock_time = clock_time(20)
    quiet_until: clock_time = clock_time(8)
    is_urgent_exempt: bool = False  # whether urgent notices may come in quiet hours
    per_day: int = Field(default=3, ge=1, le=100)  # to one person, answers not counted
    reply_days: int = Field(default=7, ge=1, le=365)  # how long one may answer who wrote


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
    return _zones(time_zones_for_number(parsed))


def zones_of_country(country: str) -> Sequence[ZoneInfo]:
    """The first zone of a country, by an example of its numbers."""
    example = phonenumbers.example_number(country)
    return _zones(time_zones_for_number(example))[:1] if example else ()


def _zones(names: Sequence[str]) -> Sequence[ZoneInfo]:
    found = []
    for name in names:
        try:
            if name != _UNKNOWN_ZONE:
                found.append(ZoneInfo(name))
        except (ZoneInfoNotFoundError, ValueError):
            continue
    return found


# ---- from the database --------------------------------------------------------------------------


async def may_leave(
    session: ReadSession,
    *,
    shop_id: UUID,
    point: Point,
    purpose: Purpose,
    channel: str,
    now: datetime,
    delivery_id: UUID | None = None,
    is_owed: bool = False,
) -> Verdict:
    """Whether something for `purpose` may go to `point` by `channel` now.

    `is_owed`: what an order needs (its confirmation, its invoice), whoever wants no other mails;
    a channel on which everything has to be agreed to is not the way for that.

    `delivery_id` is the one that asks, if it is under way already: of two that are, only the
    earlier counts against the other's cap.
    """
    capabilities = type_of(channel).capabilities
    shop = await _shop(session, shop_id=shop_id)
    key = key_of(point, country=shop.country)
    consents = await standing_point_consents(session, kind=point.kind, key=key)
    said = consents.get(Use(purpose)) if purpose is not Purpose.CONFIRMATION else None
    facts = Facts(
        is_dead=await _is_dead(session, kind=point.kind, key=key),
        consent=_allows(said),
        is_owed=is_owed and purpose is Purpose.SERVICE,
    )
    if facts.is_dead:
        return Refused("address_dead")
    window = capabilities.reply_window
    if window is not None and not await _wrote(
        session, kind=point.kind, key=key, channel=channel, since=now - window
    ):
        return Refused("window_closed")
    since = now - timedelta(days=shop.limits.reply_days)
    is_answer = purpose is Purpose.SERVICE and await _wrote(
        session, kind=point.kind, key=key, channel=channel, since=_later(since, said)
    )
    zones: Sequence[ZoneInfo] = ()
    sent_today = 0
    if capabilities.has_quiet_hours and not is_answer:
        zones = _zones_of(point, key=key, shop=shop)
        sent_today = await _sent_since(
            session,
            kind=point.kind,
            key=key,
            channel=channel,
            since=next_day(now, zones=zones) - timedelta(days=1),
            before=delivery_id,
        )
    return decide(
        replace(facts, is_answer=is_answer, sent_today=sent_today, zones=zones),
        limits=shop.limits,
        capabilities=capabilities,
        purpose=purpose,
        now=now,
    )


def _allows(said: ConsentEntry | None) -> bool | None:
    """What was given and never confirmed, where it has to be, is as if it had not been said."""
    if said is None or (said.is_given and not said.permits):
        return None
    return said.is_given


def _later(since: datetime, said: ConsentEntry | None) -> datetime:
    """Who took it back and then wrote again wants an answer to that."""
    return since if said is None or said.is_given else max(since, said.at)


@dataclass(frozen=True, slots=True)
class _Shop:
    country: str
    zone: str | None
    limits: Limits


async def _shop(session: ReadSession, *, shop_id: UUID) -> _Shop:
    row = await session.fetch_one(
        "SELECT country, settings -> 'hours' ->> 'timezone' AS zone,"
        " settings -> 'limits' AS limits FROM shop WHERE id = $1",
        shop_id,
    )
    assert row is not None
    return _Shop(row["country"], row["zone"], _limits(row["limits"], shop_id=shop_id))


def _limits(given: Mapping[str, Any] | None, *, shop_id: UUID) -> Limits:
    try:
        return Limits.model_validate(given or {})
    except ValidationError:
        log.warning("channels.limits_unreadable", shop_id=str(shop_id))
        return Limits()


def _zones_of(point: Point, *, key: str, shop: _Shop) -> Sequence[ZoneInfo]:
    zones: Sequence[ZoneInfo] = ()
    if point.kind in (PointKind.PHONE, PointKind.FAX):
        zones = zones_of_number(key)
    return zones or _zones([shop.zone or _UNKNOWN_ZONE]) or zones_of_country(shop.country)


async def _is_dead(session: ReadSession, *, kind: PointKind, key: str) -> bool:
    return bool(
        await session.fetch_value(
            "SELECT EXISTS (SELECT FROM contact_point WHERE kind = $1 AND key = $2"
            " AND undeliverable_at IS NOT NULL)",
            kind,
            key,
        )
    )


async def _wrote(
    session: ReadSession, *, kind: PointKind, key: str, channel: str, since: datetime
) -> bool:
    """Whether a message came from this address by this channel since then."""
    return bool(
        await session.fetch_value(
            "SELECT EXISTS (SELECT FROM inbound i JOIN inbox b ON b.id = i.inbox_id"
            " WHERE i.from_kind = $1 AND i.from_key = $2 AND i.received_at > $3"
            " AND i.state = 'taken' AND b.channel = $4)",
            kind,
            key,
            since,
            channel,
        )
    )


async def _sent_since(
    session: ReadSession,
    *,
    kind: PointKind,
    key: str,
    channel: str,
    since: datetime,
    before: UUID | None,
) -> int:
    """What left by this channel for whoever has this address, to any of their addresses."""
    count: int = await session.fetch_value(
        "SELECT count(*) FROM delivery d JOIN inbox b ON b.id = d.inbox_id"
        " WHERE d.to_kind = $1 AND b.channel = $3 AND d.purpose NOT IN ('service', 'confirmation')"
        " AND (d.to_key = $2 OR d.to_key IN (SELECT other.key FROM contact_point own"
        "  JOIN contact_point other USING (customer_id, kind)"
        "  WHERE kind = $1 AND own.key = $2))"
        " AND d.created_at > $4::timestamptz - interval '7 days' AND d.id IS DISTINCT FROM $5"
        " AND (d.sent_at >= $4 OR (d.state = 'sending' AND d.id < $5))",
        kind,
        key,
        channel,
        since,
        before,
    )
    return count
