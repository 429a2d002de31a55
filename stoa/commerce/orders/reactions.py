"""Orders follow their customers when those are merged, parted again, and forgotten."""

import secrets
from uuid import UUID

from stoa.commerce.orders.events import TOPIC, OrderReassigned
from stoa.commerce.orders.queries import order_view
from stoa.commerce.orders.rules import kept_until
from stoa.people.customers.events import (
    CustomerErased,
    CustomerMerged,
    CustomerUnmerged,
    VisitorKnown,
)
from stoa.people.customers.models import MoveKind
from stoa.people.customers.queries import moved_ids
from stoa.people.customers.service import record_moves
from stoa.platform.database.session import Session
from stoa.platform.jobs.forgetting import forget_soon


async def know_customer(session: Session, event: VisitorKnown) -> None:
    """What the visitor ordered before is the customer's as well."""
    rows = await session.fetch(
        'UPDATE "order" SET customer_id = $2, version = version + 1'
        " WHERE visitor_id = $1 AND customer_id IS NULL RETURNING id",
        event.visitor_id,
        event.customer_id,
    )
    await _show(session, [row["id"] for row in rows])


async def follow_merge(session: Session, event: CustomerMerged) -> None:
    rows = await session.fetch(
        'UPDATE "order" SET customer_id = $2, version = version + 1'
        " WHERE customer_id = $1 RETURNING id",
        event.from_id,
        event.into_id,
    )
    ids = [row["id"] for row in rows]
    await record_moves(session, merge_id=event.merge_id, kind=MoveKind.ORDER, ids=ids)
    await _show(session, ids)


async def follow_unmerge(session: Session, event: CustomerUnmerged) -> None:
    """What was moved goes back, and what was ordered since in a browser that goes back."""
    rows = await session.fetch(
        'UPDATE "order" SET customer_id = $1, version = version + 1 WHERE customer_id = $2'
        " AND (id = ANY($3::uuid[]) OR (placed_at > $4 AND visitor_id = ANY($5::uuid[])))"
        " RETURNING id",
        event.from_id,
        event.into_id,
        await moved_ids(session, merge_id=event.merge_id, kind=MoveKind.ORDER),
        event.merged_at,
        event.visitor_ids,
    )
    await _show(session, [row["id"] for row in rows])


async def _show(session: Session, order_ids: list[UUID]) -> None:
    for order_id in sorted(order_ids):
        fact = OrderReassigned(order=await order_view(session, order_id=order_id))
        session.publish(fact, topics=fact.topics)


async def forget_person(session: Session, event: CustomerErased) -> None:
    """Of the orders only what the tax law keeps is left: what was sold, to whom, for how much. It
    is restricted: it is found by its number alone, and a supervisor's to see."""
    rows = await session.fetch(
        'SELECT o.id, o.placed_at, s.country FROM "order" o JOIN shop s ON s.id = o.shop_id'
        " WHERE o.customer_id = ANY($1::uuid[]) OR o.visitor_id = ANY($2::uuid[])"
        " ORDER BY o.id FOR UPDATE OF o",
        event.customer_ids,
        event.visitor_ids,
    )
    for row in rows:
        await session.execute(
            "UPDATE \"order\" SET email = '', phone = '', note = '', tracking = NULL,"
            " token = $2, search_text = lower(number), restricted_until = $3,"
            " version = version + 1 WHERE id = $1",
            row["id"],
            secrets.token_urlsafe(24),
            kept_until(row["placed_at"].date(), country=row["country"]),
        )
        await session.execute("UPDATE order_entry SET data = '{}' WHERE order_id = $1", row["id"])
    await _show(session, [row["id"] for row in rows])
    topics = [TOPIC, *(f"order:{row['id']}" for row in rows)]
    topics += [f"visitor:{id_}" for id_ in event.visitor_ids]
    await forget_soon(session, topics=topics)
