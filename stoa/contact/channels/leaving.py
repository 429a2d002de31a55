"""Whether something may leave now: what `limits` decides by, from the database.

Consent is the person's; what counts towards a day is counted over all their addresses of a kind.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import structlog
from pydantic import ValidationError

from stoa.contact.channels.inboxes import type_of
from stoa.contact.channels.installed import channel_types
from stoa.contact.channels.limits import (
    UNKNOWN_ZONE,
    Facts,
    Refused,
    Verdict,
    decide,
    next_day,
    nth_of_day,
    zones_named,
    zones_of_country,
    zones_of_number,
)
from stoa.contact.channels.models import Purpose
from stoa.contact.channels.schemas import Limits, LimitsView
from stoa.people.consent.models import ConsentEntry
from stoa.people.consent.models import Purpose as Use
from stoa.people.consent.queries import standing_point_consents
from stoa.people.customers.models import Point, PointKind
from stoa.people.customers.queries import key_of
from stoa.platform.database.session import ReadSession, Session
from stoa.platform.errors import Conflict

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Standing:
    """The verdict, and where the day's cap counts: which message of `most` a day it would be."""

    verdict: Verdict
    number: int | None = None
    most: int | None = None


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
) -> Standing:
    """Whether something for `purpose` may go to `point` by `channel` now.

    `is_owed`: what an order needs (its confirmation, its invoice), whoever wants no other mails;
    a channel on which everything has to be agreed to is not the way for that.

    `delivery_id` is the one that asks, if it is under way already: of two that are, only the
    earlier counts against the other's cap. Without it, whatever waits counts as well: it leaves
    before what is only thought of.
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
        return Standing(Refused("address_dead"))
    window = capabilities.reply_window
    if window is not None and not await _wrote(
        session, kind=point.kind, key=key, channel=channel, since=now - window
    ):
        return Standing(Refused("window_closed"))
    since = now - timedelta(days=shop.limits.reply_days)
    is_answer = purpose is Purpose.SERVICE and await _wrote(
        session, kind=point.kind, key=key, channel=channel, since=_later(since, said)
    )
    facts = replace(facts, is_answer=is_answer)
    is_free = is_answer or purpose is Purpose.CONFIRMATION
    is_counted = capabilities.has_quiet_hours and not is_free
    waiting = 0
    if is_counted:
        zones = _zones_of(point, key=key, shop=shop)
        today = next_day(now, zones=zones) - timedelta(days=1)
        to = _Recipient(kind=point.kind, key=key, channel=channel)
        sent_today = await _sent_since(session, to=to, since=today, before=delivery_id)
        waiting = await _waiting(session, to=to) if delivery_id is None else 0
        facts = replace(facts, sent_today=sent_today, zones=zones)
    verdict = decide(facts, limits=shop.limits, capabilities=capabilities, purpose=purpose, now=now)
    if not is_counted or isinstance(verdict, Refused):
        return Standing(verdict)
    number = nth_of_day(
        verdict, at=now, zones=facts.zones, sent_today=facts.sent_today, waiting=waiting
    )
    if number > shop.limits.per_day:
        verdict = Refused("daily_cap")
    return Standing(verdict, number=number, most=shop.limits.per_day)


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


async def limits_of(session: ReadSession, *, shop_id: UUID) -> LimitsView:
    """What a shop's limits are, and where they hold."""
    shop = await _shop(session, shop_id=shop_id)
    return LimitsView(
        limits=shop.limits,
        usual=Limits(),
        channels=[
            code for code, kind in channel_types().items() if kind.capabilities.has_quiet_hours
        ],
        timezone=str(next(iter(_zones_of_shop(shop)), "UTC")),
    )


async def require_limits(session: Session, *, shop_id: UUID, seen: Limits) -> None:
    """The shop's limits are those that were seen, until this transaction ends.

    Raises:
        Conflict: somebody has changed them since.
    """
    await session.execute("SELECT FROM shop WHERE id = $1 FOR UPDATE", shop_id)
    if (await _shop(session, shop_id=shop_id)).limits != seen:
        raise Conflict()


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
    return zones or _zones_of_shop(shop)


def _zones_of_shop(shop: _Shop) -> Sequence[ZoneInfo]:
    return zones_named([shop.zone or UNKNOWN_ZONE]) or zones_of_country(shop.country)


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


@dataclass(frozen=True, slots=True)
class _Recipient:
    kind: PointKind
    key: str
    channel: str


# What counts for whoever has this address, to any of their addresses: $1 kind, $2 key, $3 channel.
_COUNTED = """FROM delivery d JOIN inbox b ON b.id = d.inbox_id
    WHERE d.to_kind = $1 AND b.channel = $3
    AND (d.purpose IN ('urgent', 'marketing') OR d.is_unasked)
    AND (d.to_key = $2 OR d.to_key IN (SELECT other.key FROM contact_point own
        JOIN contact_point other USING (customer_id, kind)
        WHERE kind = $1 AND own.key = $2))"""


async def _sent_since(
    session: ReadSession, *, to: _Recipient, since: datetime, before: UUID | None
) -> int:
    count: int = await session.fetch_value(
        f"SELECT count(*) {_COUNTED}"
        " AND d.created_at > $4::timestamptz - interval '7 days' AND d.id IS DISTINCT FROM $5"
        " AND (d.sent_at >= $4 OR (d.state = 'sending' AND d.id < $5))",
        to.kind,
        to.key,
        to.channel,
        since,
        before,
    )
    return count


async def _waiting(session: ReadSession, *, to: _Recipient) -> int:
    count: int = await session.fetch_value(
        f"SELECT count(*) {_COUNTED} AND d.state IN ('queued', 'sending')",
        to.kind,
        to.key,
        to.channel,
    )
    return count
