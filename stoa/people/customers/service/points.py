"""Whose address it is.

An address is *claimed* when somebody said it was theirs and *verified* when that was proven. What
somebody merely claims never opens what another has proven: a sender without proof gets a customer
of their own, and that both may be one person is proposed to an agent.
"""

from collections.abc import Sequence
from uuid import UUID

from stoa.people.customers.errors import NoSuchPoint
from stoa.people.customers.events import VisitorKnown
from stoa.people.customers.models import KnownCustomer, Point, PointState
from stoa.people.customers.rules import key_of, who_writes
from stoa.people.customers.service.holding import (
    hold,
    holders_of,
    is_erased,
    lock_customer,
    lock_known,
    lock_points,
    make_customer,
    name_customer,
)
from stoa.people.customers.service.merging import merge_verified
from stoa.people.customers.service.proposals import propose_for_point
from stoa.people.customers.service.telling import tell_of
from stoa.platform.clock import now
from stoa.platform.database.session import Session
from stoa.platform.errors import NotFound
from stoa.platform.i18n.locale import DEFAULT_LOCALE, Locale


async def customer_of_point(
    session: Session,
    *,
    point: Point,
    is_verified: bool,
    name: str,
    locale: Locale | None,
    source: str,
    country: str | None = None,
) -> KnownCustomer:
    """Whoever writes from `point` is a customer, and the same one whenever they come that way.

    A proven sender is the customer who has proven the address; else one of whom nothing is known
    but that they came from there by the same `source` (a channel's code) without proof; else a new
    one. A sender without proof is who came from there so before, never the one who has proven it.
    Of two messages at once from somebody new the second waits for the first.
    """
    key = key_of(point, country=country)
    await lock_points(session, keys=[(point.kind, key)])
    holder = who_writes(
        await holders_of(session, kind=point.kind, key=key), is_verified=is_verified, source=source
    )
    known = await lock_customer(session, customer_id=holder) if holder else None
    if known is not None and await is_erased(session, customer_id=known):
        known = None  # while this waited: whoever writes now is somebody new
    if known is None:
        customer_id = await make_customer(session, name=name, locale=locale or DEFAULT_LOCALE)
    else:
        customer_id = known
        await name_customer(session, customer_id=customer_id, name=name)
    await hold(
        session,
        customer_id=customer_id,
        point=point,
        key=key,
        state=PointState.VERIFIED if is_verified else PointState.CLAIMED,
        source=source,
    )
    await propose_for_point(session, customer_id=customer_id, kind=point.kind, key=key)
    row = await session.fetch_one("SELECT name, locale FROM customer WHERE id = $1", customer_id)
    assert row is not None
    return KnownCustomer(customer_id, row["name"], row["locale"], is_new=known is None)


async def know_visitor(
    session: Session,
    *,
    visitor_id: UUID,
    points: Sequence[Point],
    name: str,
    source: str,
    locale: Locale | None = None,
    country: str | None = None,
) -> UUID:
    """The visitor is a customer who claims `points`; returns which. A known one stays who they are.

    `locale` is what a new one speaks, without it the language of the visitor's pages.

    Raises:
        NotFound: no such visitor.
    """
    keyed = {(point.kind, key_of(point, country=country)): point for point in points}
    keyed = {where: point for where, point in keyed.items() if where[1]}
    await lock_points(session, keys=list(keyed))
    visitor = await session.fetch_one(
        "SELECT customer_id, locale FROM visitor WHERE id = $1 FOR NO KEY UPDATE", visitor_id
    )
    if visitor is None:
        raise NotFound()
    customer_id: UUID | None = visitor["customer_id"]
    if customer_id is None:
        customer_id = await make_customer(session, name=name, locale=locale or visitor["locale"])
        await session.execute(
            "UPDATE visitor SET customer_id = $2 WHERE id = $1", visitor_id, customer_id
        )
        tell_of(session, [customer_id])
        session.publish(VisitorKnown(visitor_id=visitor_id, customer_id=customer_id), topics=[])
    else:
        customer_id = await lock_customer(session, customer_id=customer_id)
        await name_customer(session, customer_id=customer_id, name=name)
    for (_, key), point in keyed.items():
        await _claim(session, customer_id=customer_id, point=point, key=key, source=source)
    return customer_id


async def claim_point(
    session: Session,
    *,
    customer_id: UUID,
    point: Point,
    source: str,
    country: str | None = None,
) -> UUID:
    """The customer (or the one they were merged into) says that `point` is theirs; returns whose
    it is. What they have proven stays proven.

    Raises:
        NotFound, AlreadyErased: there is no such customer, or nothing may be known of them.
        NoSuchPoint: there is nothing in it.
    """
    key = await _lock_point(session, point=point, country=country)
    found = await lock_known(session, customer_id=customer_id)
    await _claim(session, customer_id=found, point=point, key=key, source=source)
    return found


async def verify_point(
    session: Session,
    *,
    customer_id: UUID,
    point: Point,
    source: str,
    country: str | None = None,
) -> UUID:
    """It is proven that the customer owns `point`; returns whose it is now.

    If another customer has proven the same, they are one person: they are merged, and who was
    known first stays.

    Raises:
        NotFound, AlreadyErased: there is no such customer, or nothing may be known of them.
        NoSuchPoint: there is nothing in it.
    """
    key = await _lock_point(session, point=point, country=country)
    other: UUID | None = await session.fetch_value(
        "SELECT customer_id FROM contact_point WHERE kind = $1 AND key = $2 AND state = 'verified'",
        point.kind,
        key,
    )
    if other is None:
        found = await lock_known(session, customer_id=customer_id)
        await hold(
            session,
            customer_id=found,
            point=point,
            key=key,
            state=PointState.VERIFIED,
            source=source,
        )
        await propose_for_point(session, customer_id=found, kind=point.kind, key=key)
        return found
    return await merge_verified(session, customer_id=customer_id, other_id=other)


async def _lock_point(session: Session, *, point: Point, country: str | None) -> str:
    """What the point is known by; nobody else decides whose it is meanwhile."""
    key = key_of(point, country=country)
    if not key:
        raise NoSuchPoint()
    await lock_points(session, keys=[(point.kind, key)])
    return key


async def mark_undeliverable(session: Session, *, point: Point, code: str) -> int:
    """Nothing arrives at `point`, says whoever delivers, with their `code`; returns with how many
    customers that is noted now."""
    rows = await session.fetch(
        "UPDATE contact_point SET undeliverable_code = $3, undeliverable_at = $4"
        " WHERE id IN (SELECT id FROM contact_point WHERE kind = $1 AND key = $2"
        " ORDER BY id FOR UPDATE) RETURNING customer_id",
        point.kind,
        key_of(point),
        code[:100],
        now(),
    )
    tell_of(session, [row["customer_id"] for row in rows])
    return len(rows)


async def mark_deliverable(session: Session, *, point: Point) -> int:
    """Something arrived at `point` or came from there: that nothing did is forgotten."""
    rows = await session.fetch(
        "UPDATE contact_point SET undeliverable_code = NULL, undeliverable_at = NULL"
        " WHERE id IN (SELECT id FROM contact_point WHERE kind = $1 AND key = $2"
        " AND undeliverable_at IS NOT NULL ORDER BY id FOR UPDATE) RETURNING customer_id",
        point.kind,
        key_of(point),
    )
    tell_of(session, [row["customer_id"] for row in rows])
    return len(rows)


async def _claim(
    session: Session, *, customer_id: UUID, point: Point, key: str, source: str
) -> None:
    await hold(
        session,
        customer_id=customer_id,
        point=point,
        key=key,
        state=PointState.CLAIMED,
        source=source,
    )
    await propose_for_point(session, customer_id=customer_id, kind=point.kind, key=key)
