"""Whether something may leave now: decided in one place, for every channel."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from stoa.contact.channels.models import Purpose
from stoa.people.customers.models import Point
from stoa.people.customers.queries import key_of
from stoa.platform.database.session import ReadSession


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


async def may_leave(
    session: ReadSession,
    *,
    shop_id: UUID,  # noqa: ARG001 - hours and caps are the shop's
    point: Point,
    purpose: Purpose,  # noqa: ARG001
    channel: str,  # noqa: ARG001
    now: datetime,  # noqa: ARG001
) -> Now | WaitUntil | Refused:
    """Whether something for `purpose` may go to `point` by `channel` now."""
    is_dead = await session.fetch_value(
        "SELECT EXISTS (SELECT FROM contact_point WHERE kind = $1 AND key = $2"
        " AND undeliverable_at IS NOT NULL)",
        point.kind,
        key_of(point),
    )
    return Refused("address_dead") if is_dead else Now()
